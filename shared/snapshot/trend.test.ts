import { expect, test } from 'vitest'
import { extendTrend, type TrendPoint } from './trend.ts'

const extend = (points: readonly TrendPoint[]) => points.reduce<TrendPoint[]>((trend, point) => extendTrend(trend, point), [])
const every = (seconds: number, count: number) => Array.from({ length: count }, (_, index): TrendPoint => [index * seconds, index])

test('captures a minute apart have a point each, and the last 60 stay', () => {
  expect(extend(every(60, 60))).toEqual(every(60, 60))
  expect(extend(every(60, 65))).toEqual(every(60, 65).slice(-60))
})

test('captures that are closer still make up an hour, the newest always shown', () => {
  const trend = extend(every(5, 2_000))
  expect(trend).toHaveLength(60)
  expect(trend.at(-1)).toEqual([1_999 * 5, 1_999])
  expect(1_999 * 5 - trend[0]![0]).toBeGreaterThanOrEqual(53 * 60)
})

test('a gap is a point like any other', () => {
  expect(
    extend([
      [0, 1],
      [60, null],
      [120, 2],
    ]),
  ).toEqual([
    [0, 1],
    [60, null],
    [120, 2],
  ])
})
