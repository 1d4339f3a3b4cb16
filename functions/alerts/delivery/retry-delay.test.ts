import { expect, test } from 'vitest'
import { retryDelayMs } from './dispatch.ts'

test('the longest delay doubles from 5 s to 15 min', () => {
  const longest = Array.from({ length: 10 }, (_, i) => retryDelayMs(i + 1, () => 1) / 1000)
  expect(longest).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
  expect(retryDelayMs(100_000, () => 1)).toBe(900_000)
})

test('the jitter is full: from no delay at all to the longest', () => {
  expect(retryDelayMs(4, () => 0)).toBe(0)
  expect(retryDelayMs(4, () => 0.25)).toBe(10_000)
})
