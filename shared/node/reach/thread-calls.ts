import type { HostKey, StageResult, Step } from '../../reach/reach-error.ts'
import type { ConnectOptions } from '../../reach/reach-target.ts'
import type { Request, ToThread } from './reach-messages.ts'

/** How far a request is: what its failure tells when its thread cannot. */
export type Progress = {
  partnerId: string
  step: () => Step
  stages: StageResult[]
  hostKey: HostKey | null
  onStage?: ConnectOptions['onStage']
}

type Call = { resolve: (value: unknown) => void; reject: (error: Error) => void; progress: Progress }

export type ThreadCalls = {
  readonly size: number
  /** Sends a request and resolves with its answer; an abort is sent after it. */
  ask(id: number, request: Request, progress: Progress, signal: AbortSignal | null): Promise<unknown>
  partnerOf(id: number): string | null
  noteStage(id: number, result: StageResult): void
  resolve(id: number, value: unknown): void
  reject(id: number, errorOf: (progress: Progress) => Error): void
  /** Rejects all that is open. */
  rejectAll(errorOf: (progress: Progress) => Error): void
}

/** The requests to a thread that are not answered yet. `onBusy` is told when there is a first one, and when there is none any more. */
export const createThreadCalls = (post: (message: ToThread) => void, onBusy: (isBusy: boolean) => void): ThreadCalls => {
  const calls = new Map<number, Call>()
  const take = (id: number): Call | undefined => {
    const call = calls.get(id)
    calls.delete(id)
    if (calls.size === 0) onBusy(false)
    return call
  }
  return {
    get size() {
      return calls.size
    },
    ask: (id, request, progress, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const onAbort = () => post({ id, kind: 'abort' })
      calls.set(id, { resolve, reject, progress })
      onBusy(true)
      post({ id, ...request })
      signal?.addEventListener('abort', onAbort, { once: true })
      return promise.finally(() => signal?.removeEventListener('abort', onAbort))
    },
    partnerOf: (id) => calls.get(id)?.progress.partnerId ?? null,
    noteStage: (id, result) => {
      const { progress } = calls.get(id) ?? {}
      progress?.stages.push(result)
      progress?.onStage?.(result)
    },
    resolve: (id, value) => take(id)?.resolve(value),
    reject: (id, errorOf) => {
      const call = take(id)
      call?.reject(errorOf(call.progress))
    },
    rejectAll: (errorOf) => {
      const open = [...calls.values()]
      calls.clear()
      for (const { reject, progress } of open) reject(errorOf(progress))
    },
  }
}
