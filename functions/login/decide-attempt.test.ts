import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttemptCounter } from '../../shared/node/mongo/access/login-attempts.ts'
import { decideAttempt } from './decide-attempt.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const start = Date.UTC(2026, 0, 5)
const limit = 5

/** Attempts at these times, in milliseconds from the start, all of them failing. Returns how long each had to wait. */
const attemptAt = (...times: number[]) => {
  let counter: AttemptCounter | null = null
  return times.map((time) => {
    const decision = decideAttempt(counter, limit, new Date(start + time))
    if ('waitMs' in decision) return decision.waitMs
    counter = decision.counter
    return 0
  })
}

test('lets five attempts through and makes the sixth wait a minute', () => {
  expect(attemptAt(0, 0, 0, 0, 0, 0, minuteMs - 1, minuteMs)).toEqual([0, 0, 0, 0, 0, minuteMs, 1, 0])
})

test('forgets failures that no other followed for 15 minutes', () => {
  expect(attemptAt(0, 0, 0, 0, 15 * minuteMs, 15 * minuteMs)).toEqual([0, 0, 0, 0, 0, 0])
  expect(attemptAt(0, 0, 0, 0, 15 * minuteMs - 1, 15 * minuteMs)).toEqual([0, 0, 0, 0, 0, minuteMs - 1])
})

test('doubles the wait with each failure, up to a day', () => {
  let time = 0
  let counter: AttemptCounter | null = null
  const waits: number[] = []
  for (let attempt = 0; attempt < 20; attempt++) {
    const decision = decideAttempt(counter, limit, new Date(start + time))
    if (!('counter' in decision)) throw new Error('An attempt after the wait was refused.')
    counter = decision.counter
    const next = decideAttempt(counter, limit, new Date(start + time))
    waits.push('waitMs' in next ? next.waitMs / minuteMs : 0)
    time += (waits.at(-1) ?? 0) * minuteMs
  }
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440, 1440, 1440, 1440])
})

test('remembers a wait for a day after its end', () => {
  const fiveFailures = [0, 0, 0, 0, 0]
  const end = minuteMs + dayMs
  expect(attemptAt(...fiveFailures, end - 1, end - 1).at(-1)).toBe(2 * minuteMs)
  expect(attemptAt(...fiveFailures, end, end).at(-1)).toBe(0)
})

test('grants no more than 5 attempts and 3 more after waits in a quarter of an hour, whenever they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 15 * minuteMs - 1 }), { maxLength: 400 }), (times) => {
      const granted = attemptAt(...times.sort((a, b) => a - b)).filter((waitMs) => waitMs === 0)
      return granted.length <= limit + 3
    }),
  )
})

test('never refuses without a wait, and tells when the counter ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: -dayMs, max: 4 * dayMs }), (failures, sinceMs) => {
      const now = new Date(start + sinceMs)
      const decision = decideAttempt({ failures, lastAt: new Date(start) }, limit, now)
      return 'waitMs' in decision
        ? decision.waitMs > 0 && failures >= limit
        : decision.counter.failures >= 1 && decision.expiresAt > now && decision.counter.lastAt === now
    }),
  )
})
