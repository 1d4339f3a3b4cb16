import { expect, test } from 'vitest'
import { median, medianTurns, percentile95 } from './median.ts'

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[10, 2, 100, 4], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('95 of 100 values are at most the 95th percentile', () => {
  expect(percentile95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95)
  expect(percentile95([7])).toBe(7)
})

test('works take turns, so that none of them has a better moment', async () => {
  const turns: string[] = []
  await medianTurns(2, { tunnel: async () => turns.push('tunnel'), direct: async () => turns.push('direct') })
  expect(turns).toEqual(['tunnel', 'direct', 'tunnel', 'direct'])
})
