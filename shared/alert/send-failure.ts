import type { SendResult } from './channel.ts'

type Failure = Extract<SendResult, { ok: false }>

/** A failure after which the same message may still get through. */
export const retryLater = (code: string, message: string, retryAfterMs: number | null = null): Failure => ({
  ok: false,
  permanent: false,
  code,
  message,
  retryAfterMs,
})

/** A failure that the same message would meet again. */
export const refuse = (code: string, message: string): Failure => ({ ok: false, permanent: true, code, message, retryAfterMs: null })

/** The failure of a wait that `signal` may have ended; else of the network, named by the error's code. */
export const networkFailure = (error: unknown, signal: AbortSignal): Failure => {
  if (signal.aborted)
    return signal.reason?.name === 'TimeoutError'
      ? retryLater('timeout', 'The receiver did not answer in time.')
      : retryLater('aborted', 'Sending was stopped.')
  const { code, originalCode } = error as { code?: string; originalCode?: string }
  const name = originalCode ?? code ?? 'network'
  return retryLater(name, `The receiver could not be reached (${name}).`)
}
