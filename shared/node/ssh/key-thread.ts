import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../start-thread.ts'

/** A thread that answers one message at a time. */
export type KeyThread<Answer> = {
  /** Resolves with the thread's answer, or with `null` when it took too much of one core or broke; the thread has ended then. */
  ask(message: unknown): Promise<Answer | null>
  readonly ended: boolean
  end(): void
}

const maxCpuMs = 2_000
/** The time until a thread that never gets its core is given up. */
const maxMs = 30_000
const lookMs = 100
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }

/** Starts a thread on a module that posts a message when it is ready, and then one answer to each message. */
export const startKeyThread = <Answer>(module: URL): KeyThread<Answer> => {
  const worker = startThread(module, { resourceLimits })
  let ended = false
  const end = () => {
    ended = true
    void worker.terminate()
  }
  const { promise: gone, resolve: go } = Promise.withResolvers<null>()
  worker.on('error', () => go(null)).on('exit', () => go(null))
  void gone.then(end)
  const nextMessage = <Message>() => Promise.race([new Promise<Message>((resolve) => worker.once('message', resolve)), gone])
  const ready = nextMessage<unknown>()

  return {
    get ended() {
      return ended
    },
    end,
    ask: async (message) => {
      const answered = new AbortController()
      worker.ref()
      try {
        await ready
        const answer = nextMessage<Answer>()
        const spent = untilSpent(worker, answered.signal).catch(() => null)
        worker.postMessage(message)
        const outcome = await Promise.race([answer, spent])
        if (outcome === null) end()
        return outcome
      } finally {
        answered.abort()
        worker.unref()
      }
    },
  }
}

/** Resolves when the thread has used up its share of a core. @throws when that is of no interest any more, or the thread has ended */
const untilSpent = async (worker: Worker, answered: AbortSignal): Promise<null> => {
  const startedAt = performance.now()
  const startMs = await cpuMs(worker)
  while ((await cpuMs(worker)) - startMs < maxCpuMs && performance.now() - startedAt < maxMs)
    await delay(lookMs, undefined, { signal: answered })
  return null
}

const cpuMs = async (worker: Worker): Promise<number> => {
  const { user, system } = await worker.cpuUsage()
  return (user + system) / 1000
}
