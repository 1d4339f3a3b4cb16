import { expect, test } from 'vitest'
import { metricNames } from '../../../../../shared/snapshot/snapshot.ts'
import { chartData, gapAt, type History } from './chart-data.ts'
import { chartSpecs } from './chart-specs.ts'
import { describeGap } from './describe-gap.ts'
import { plotColumns } from './plot-columns.ts'
import { summarize } from './summarize.ts'

const start = Date.UTC(2026, 2, 2, 12)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
const all = <Value>(value: Value) => Object.fromEntries(metricNames.map((name) => [name, value]))
const worked = (seconds: number, value = 1) => ({ at: at(seconds), ok: true, snapshotTime: at(seconds), ...all(value) })
const failed = (seconds: number, reason: string) => ({ at: at(seconds), ok: false, reason })
const history = (points: object[], more: Partial<History> = {}) =>
  ({ partnerId: 'p1', from: at(0), to: at(600), resolution: 'raw', stepSeconds: 60, points, ...more }) as History
const seconds = ({ from, to }: { from: number; to: number }) => [(from - start) / 1000, (to - start) / 1000]

test('a failed capture breaks the line and leaves a gap between the numbers beside it, with its reason', () => {
  const data = chartData(
    history([worked(0), worked(60), failed(120, 'refused'), failed(180, 'refused'), failed(240, 'timeout'), worked(300, 5), worked(600)]),
    0,
  )
  expect(data.values.activeCalls.slice(0, 6)).toEqual([1, 1, null, null, null, 5])
  expect(data.gaps.slice(0, 2).map((gap) => [...seconds(gap), gap.reason, gap.failed])).toEqual([
    [60, 240, 'refused', 2],
    [120 + 60, 300, 'timeout', 1],
  ])
  expect(data.gaps.slice(0, 2).map(describeGap)).toEqual([
    'The connection was refused (2 captures failed)',
    'There was no answer in time (1 capture failed)',
  ])
})

test('numbers that are missing altogether are a gap as well: between two, before the first and after the last', () => {
  const data = chartData(history([worked(200), worked(260), worked(320), worked(600)], { to: at(1200) }), 0)
  expect(data.times.map((time) => time - start / 1000)).toEqual([100, 200, 260, 320, 460, 600, 900])
  expect(data.values.queuedCalls).toEqual([null, 1, 1, 1, null, 1, null])
  expect(data.gaps.map((gap) => [...seconds(gap), describeGap(gap)])).toEqual([
    [0, 200, 'Nothing was captured'],
    [320, 600, 'Nothing was captured'],
    [600, 1200, 'Nothing was captured'],
  ])
})

test('nothing is missing before the partner was created, nor of an interval that was longer once', () => {
  const rare = [worked(0), worked(300), worked(600)]
  expect(chartData(history(rare, { stepSeconds: 5 }), 0).gaps).toEqual([])
  expect(chartData(history([worked(500), worked(560)]), start + 480_000).gaps).toEqual([])
})

const rolled = (secondsLater: number, captures: number, gaps: number, avg = 2) => ({
  ...{ at: at(secondsLater), captures, gaps, gapReason: gaps > 0 ? 'db-auth' : null },
  metrics: captures > 0 ? all({ min: avg - 1, max: avg + 1, avg, last: avg }) : null,
})

test('rollups give the average and its band; a bucket without numbers is a gap, one with some says what failed in it', () => {
  const points = [rolled(0, 5, 0), rolled(300, 3, 2), rolled(600, 4, 1), rolled(900, 0, 5), rolled(1200, 5, 0, 9)]
  const data = chartData(history(points, { resolution: '5m', stepSeconds: 300, to: at(1500) }), 0)
  expect(data.values.activeCalls).toEqual([2, 2, 2, null, 9])
  expect(data.band?.high.activeCalls).toEqual([3, 3, 3, null, 10])
  expect(data.gaps.map((gap) => [...seconds(gap), gap.failed, gap.isPartial])).toEqual([
    [300, 900, 3, true],
    [600, 1200, 5, false],
  ])
  expect(describeGap(gapAt(data.gaps, start + 700_000) ?? data.gaps[0]!)).toBe('The database refused the sign-in (5 captures failed)')
  expect(describeGap(data.gaps[0]!)).toBe('The database refused the sign-in (3 captures failed, others worked)')
  expect(gapAt(data.gaps, start + 100_000)).toBeUndefined()
  expect(summarize(data, 'activeCalls')).toEqual({ lowest: 1, average: 15 / 4, highest: 10, last: 9 })
})

test('a plot gets each line, and the band of each but a limit', () => {
  const raw = chartData(history([worked(0), failed(60, 'dns')], { to: at(60) }), 0)
  const [calls] = chartSpecs
  expect(plotColumns(calls!, raw)).toEqual([
    [start / 1000, start / 1000 + 60],
    [1, null],
    [1, null],
  ])
  const banded = chartData(history([rolled(0, 5, 0)], { resolution: '5m', stepSeconds: 300, to: at(300) }), 0)
  expect(plotColumns(calls!, banded)).toEqual([[start / 1000], [2], [1], [3], [2]])
})

test('a range without any capture has nothing to draw and says so', () => {
  const data = chartData(history([]), 0)
  expect(data.values.activeCalls).toEqual([null])
  expect(summarize(data, 'activeCalls')).toBeNull()
})
