import type { AttemptCounter } from '../../shared/node/mongo/access/login-attempts.ts'

/** Failures that are free while each comes within this time of the one before. */
const windowMs = 15 * 60_000
const firstWaitMs = 60_000
const longestWaitMs = 24 * 3_600_000
/** How long after its end a wait still doubles the next one. */
const memoryMs = 24 * 3_600_000

const waitMsOf = ({ failures }: AttemptCounter, limit: number) =>
  failures < limit ? 0 : Math.min(firstWaitMs * 2 ** (failures - limit), longestWaitMs)

/** When a counter no longer matters. */
const endOf = (counter: AttemptCounter, limit: number): number => {
  const waitMs = waitMsOf(counter, limit)
  return counter.lastAt.getTime() + (waitMs === 0 ? windowMs : waitMs + memoryMs)
}

/**
 * Decides whether one more attempt may be made: up to `limit` failures are free, then come waits of 1 min, 2 min, 4 min … one day.
 * An attempt counts as a failure until it is taken back.
 */
export const decideAttempt = (
  previous: AttemptCounter | null,
  limit: number,
  now: Date,
): { waitMs: number } | { counter: AttemptCounter; expiresAt: Date } => {
  const known = previous && endOf(previous, limit) > now.getTime() ? previous : null
  const waitMs = known ? known.lastAt.getTime() + waitMsOf(known, limit) - now.getTime() : 0
  if (known && known.failures >= limit && waitMs > 0) return { waitMs }
  const counter = { failures: (known?.failures ?? 0) + 1, lastAt: now }
  return { counter, expiresAt: new Date(endOf(counter, limit)) }
}
