import { expect, test } from 'vitest'
import { sparklinePath, splitAtGaps, type TrendPoint } from './sparkline-path.ts'

const minutes = (...values: (number | null)[]): TrendPoint[] => values.map((value, index) => [index * 60, value])

test('a capture that failed breaks the line: nothing is drawn over it', () => {
  expect(splitAtGaps(minutes(10, 20, null, 30, 40))).toEqual([
    [
      [0, 10],
      [60, 20],
    ],
    [
      [180, 30],
      [240, 40],
    ],
  ])
})

test('captures that are missing break the line as well, one that came late does not', () => {
  const points: TrendPoint[] = [...minutes(1, 2, 3), [220, 4], [280, 5], [520, 6]]
  expect(splitAtGaps(points).map((run) => run.map(([, value]) => value))).toEqual([[1, 2, 3, 4, 5], [6]])
})

test('draws lines for runs, a dot for a capture that stands alone, and nothing for none', () => {
  const box = { width: 40, height: 10, from: 0, to: 240, max: 100 }
  expect(sparklinePath(minutes(0, 100, null, 50, null), box)).toBe('M0.0 10.0L10.0 0.0M30.0 5.0h0')
  expect(sparklinePath(minutes(null, null), box)).toBe('')
  expect(sparklinePath([], box)).toBe('')
})

test('leaves out what is older than the hour', () => {
  expect(sparklinePath(minutes(10, 20, 30), { width: 60, height: 100, from: 60, to: 120, max: 100 })).toBe('M0.0 80.0L60.0 70.0')
})
