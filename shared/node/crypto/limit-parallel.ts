import pLimit from 'p-limit'
import { AppError } from '../../errors.ts'

/**
 * Returns a runner that runs at most `running` works at once and lets at most `waiting` more wait, in their order.
 * Throws `unavailable` at once when the queue is full.
 */
export const limitParallel = ({ running, waiting }: { running: number; waiting: number }) => {
  const limit = pLimit(running)
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (limit.activeCount === running && limit.pendingCount >= waiting)
      throw new AppError('unavailable', 'Too many requests of this kind at once. Try again in a moment.', { retryAfterSeconds: 5 })
    return limit(work)
  }
}
