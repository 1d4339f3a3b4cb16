import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { ReachError } from '../../reach/reach-error.ts'
import type { ReachTarget } from '../../reach/reach-target.ts'
import type { OpenKey } from '../ssh/open-private-key.ts'
import type { ConnectPartner } from './connect-partner.ts'
import { type ReachThread, startReachThread } from './reach-thread.ts'
import { ThreadLost } from './thread-lost.ts'
import { watchSteps } from './watch-steps.ts'

export type ReachThreadsDeps = {
  openKey: OpenKey
  /** How many threads share the partners. */
  size?: number
  /** What a thread runs. */
  module?: URL
  /** Told of a partner that took too much work, and of a thread that broke, with the cause; `null`: nobody knows for whom it worked. */
  onOverload?: (partnerId: string | null, cause: unknown) => void
  /** How long a partner that took too much work is served apart. */
  apartMs?: number
}

export type ReachThreads = {
  /** Connects in a thread. Work that another partner's fault ended is done once more, on another thread. */
  connect: ConnectPartner
  /** The partners that are served apart now. */
  apart(): string[]
  close(): Promise<void>
}

const maxAttempts = 3
/** Threads of partners that are served apart, each with one partner. */
const maxThreadsApart = 4
const closeTimeoutMs = 1_000
const roomPollMs = 20
/** A thread takes some 15 MB: as many connections as this are worth it. */
const worthOfThread = 32

/**
 * Keeps the threads that reach partners: one less than the cores, two at least, started as they are needed. A thread that makes no step
 * for two seconds is replaced; the partner that it worked for is served apart for a while, in a thread of its own.
 */
export const createReachThreads = (deps: ReachThreadsDeps): ReachThreads => {
  const { openKey, size = Math.max(2, availableParallelism() - 1), apartMs = 10 * 60_000 } = deps
  const module = deps.module ?? new URL('./reach-worker.ts', import.meta.url)
  const shared = new Set<ReachThread>()
  const apart = new Map<string, { until: number; thread: ReachThread | null }>()
  let isClosed = false

  const onOverload = (partnerId: string | null, cause: unknown) => {
    deps.onOverload?.(partnerId, cause)
    if (partnerId === null) return
    const until = performance.now() + apartMs
    apart.set(partnerId, { thread: apart.get(partnerId)?.thread ?? null, until })
  }
  const start = (events: { onIdle(): void; onEnd(): void }): ReachThread => {
    const thread = startReachThread({ module, openKey, onOverload, ...events })
    watch.add(thread)
    return thread
  }
  const startShared = (): ReachThread => {
    const thread = start({
      onIdle: () => {},
      onEnd: () => {
        shared.delete(thread)
        watch.delete(thread)
      },
    })
    shared.add(thread)
    return thread
  }
  const startApart = (partnerId: string): ReachThread => {
    const thread = start({
      onIdle: () => void thread.stop(),
      onEnd: () => {
        watch.delete(thread)
        const own = apart.get(partnerId)
        if (own?.thread === thread) own.thread = null
      },
    })
    return thread
  }

  const leastLoaded = (): ReachThread => {
    const [least] = [...shared].sort((a, b) => a.load - b.load)
    return least && (least.load < worthOfThread || shared.size >= size) ? least : startShared()
  }
  /** `null`: all threads apart are at work. */
  const threadOf = ({ partnerId, ssh }: ReachTarget): ReachThread | null => {
    if (isClosed) throw new ReachError('The service stops.', { stage: ssh ? 'ssh-connect' : 'db-connect', reason: 'aborted' })
    const own = apart.get(partnerId)
    if (!own) return leastLoaded()
    const others = [...apart.values()].filter(({ thread }) => thread !== null)
    if (!own.thread && others.length >= maxThreadsApart) {
      const idle = others.find(({ thread }) => !thread?.busy)
      if (!idle) return null
      // Its partner connects again in its turn.
      void idle.thread?.stop()
      idle.thread = null
    }
    own.thread ??= startApart(partnerId)
    return own.thread
  }
  /** A partner that was served apart long enough goes back to the others, as soon as nothing runs for it. */
  const readmit = () => {
    for (const [partnerId, { until, thread }] of apart) {
      if (performance.now() < until || thread?.busy) continue
      apart.delete(partnerId)
      void thread?.stop()
    }
  }
  const watch = watchSteps({ onStuck: (thread: ReachThread) => thread.giveUp(), onLook: readmit })

  return {
    connect: async (target, options) => {
      const until = performance.now() + options.timeoutsMs['ssh-connect']
      for (let attempt = 1; ; ) {
        const thread = threadOf(target)
        if (!thread) {
          await waitForRoom(target, options.signal, until)
          continue
        }
        try {
          return await thread.connect(target, options)
        } catch (error) {
          if (!(error instanceof ThreadLost) || attempt === maxAttempts || options.signal.aborted) throw error
          attempt += 1
        }
      }
    },
    apart: () => [...apart.keys()],
    close: async () => {
      isClosed = true
      watch.stop()
      const own = [...apart.values()].flatMap(({ thread }) => thread ?? [])
      const ended = Promise.all([...shared, ...own].map((thread) => thread.stop()))
      // A thread that is held up by the machine's own code ends when that does.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, closeTimeoutMs).unref())])
    },
  }
}

/** Waits a little for a place apart, no longer than a connection may take. */
const waitForRoom = async (target: ReachTarget, signal: AbortSignal, until: number): Promise<void> => {
  const stage = target.ssh ? 'ssh-connect' : 'db-connect'
  if (performance.now() > until)
    throw new ReachError('This partner takes too much work, as others do now: it is tried again later.', {
      stage,
      reason: 'partner-overload',
    })
  await delay(roomPollMs, undefined, { signal }).catch(() => {
    throw new ReachError('The work was aborted.', { stage, reason: 'aborted' })
  })
}
