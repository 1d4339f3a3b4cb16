import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import type { AppEnv } from './app-env.ts'

export type OpenStreamsDeps = {
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborts when the process takes no new work. */
  stopping: AbortSignal
  monotonicMs: () => number
  /** Ends the connection of a request, whatever waits in it. */
  hangUp: (c: Context) => void
}

type WatchedStream = {
  isAllowed: () => Promise<boolean>
  /** Since when its client has something to take; `null`: it took everything and waits for more. */
  offeredAtMs: () => number | null
  /** Sends nothing more, but for the reason to a client that waits. */
  end: (reason: 'slow' | 'unauthenticated') => void
}

export type OpenStreams = {
  /**
   * Watches a stream until the returned function is called.
   * @throws too_many_requests when its user or token, or all together, have too many
   */
  watch: (c: Context<AppEnv>, stream: WatchedStream) => () => void
  monotonicMs: () => number
}

const maxStreams = { ofOne: 20, ofAll: 1_000 }
const lookMs = 1_000
/** With the time that looks and checks take, a session that ended is served for less than 5 s. */
const checkMs = 2_000
const takeWithinMs = 30_000

/** The streams of this process: how many there may be, that their clients read, and that their sessions last. */
export const createOpenStreams = (deps: OpenStreamsDeps): OpenStreams => {
  type Entry = WatchedStream & { owner: string; c: Context<AppEnv>; checkedAtMs: number; isChecking: boolean }
  const open = new Set<Entry>()
  let isLooking = false

  const drop = async (entry: Entry, reason: 'slow' | 'unauthenticated') => {
    if (!open.delete(entry)) return
    const reads = entry.offeredAtMs() === null
    entry.end(reason)
    if (reads) await deps.wait(lookMs, deps.stopping)
    deps.hangUp(entry.c)
  }
  /** Asks once for all streams of one credential. */
  const check = async (entries: readonly Entry[], nowMs: number) => {
    for (const entry of entries) entry.isChecking = true
    // A check that fails is made again at the next look.
    const isAllowed = await entries[0]?.isAllowed().catch(() => null)
    for (const entry of entries) {
      entry.isChecking = false
      if (isAllowed) entry.checkedAtMs = nowMs
      if (isAllowed === false) void drop(entry, 'unauthenticated')
    }
  }
  const look = () => {
    const nowMs = deps.monotonicMs()
    for (const entry of open) if (nowMs - (entry.offeredAtMs() ?? nowMs) >= takeWithinMs) void drop(entry, 'slow')
    const due = [...open].filter((entry) => !entry.isChecking && nowMs - entry.checkedAtMs >= checkMs)
    for (const entries of Map.groupBy(due, ({ c }) => c.req.header('authorization')).values()) void check(entries, nowMs)
  }
  const lookOn = async () => {
    if (isLooking) return
    isLooking = true
    while (open.size > 0 && !deps.stopping.aborted) {
      await deps.wait(lookMs, deps.stopping)
      look()
    }
    isLooking = false
  }
  const refuse = (message: string) => {
    throw new AppError('too_many_requests', message, { retryAfterSeconds: takeWithinMs / 1000 })
  }

  return {
    monotonicMs: deps.monotonicMs,
    watch: (c, stream) => {
      const { kind, id } = c.get('actor')
      const owner = `${kind}:${id}`
      if (open.size >= maxStreams.ofAll) refuse('There are too many streams; try again later.')
      if ([...open].filter((entry) => entry.owner === owner).length >= maxStreams.ofOne)
        refuse(`You have ${maxStreams.ofOne} streams open; end one first.`)
      const entry = { ...stream, owner, c, checkedAtMs: deps.monotonicMs(), isChecking: false }
      open.add(entry)
      void lookOn()
      return () => open.delete(entry)
    },
  }
}
