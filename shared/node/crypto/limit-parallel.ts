import { AppError } from '../../errors.ts'

/**
 * Returns a runner that runs at most `running` works at once and lets at most `waiting` more wait, in their order.
 * Throws `unavailable` at once when the queue is full.
 */
export const limitParallel = (limits: { running: number; waiting: number }) => {
  let running = 0
  const queue: (() => void)[] = []
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running < limits.running) running += 1
    else if (queue.length < limits.waiting) await new Promise<void>((resolve) => queue.push(resolve))
    else throw new AppError('unavailable', 'Too many requests of this kind at once. Try again in a moment.', { retryAfterSeconds: 5 })
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running -= 1
    }
  }
}
