import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metricNames, type Snapshot } from '../../shared/snapshot/snapshot.ts'
import { readSeries } from './read-series.ts'
import type { Resolution } from './schema.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const minute = 60_000
const hour = 3_600_000
const day = 86_400_000
const retentionDays = { '5m': 60, '1h': 400 }

const snapshotAt = (ms: number, value: number): Snapshot => ({
  snapshotTime: new Date(ms),
  ...(Object.fromEntries(metricNames.map((name) => [name, value])) as Record<(typeof metricNames)[number], number>),
  pauseAllCampaigns: false,
  alertLevel: 'NORMAL',
  alertMessage: '',
})

let under: SnapshotsUnderTest
let now: number
beforeAll(async () => {
  under = await openSnapshots()
  now = under.clock.ms
  for (const id of ['empty', 'merged', 'raw', 'dense']) await under.addPartner(id)
})
afterAll(() => under.close())

const read = (partnerId: string, fromMs: number, toMs: number, resolution?: Resolution) =>
  readSeries({ ...under, now: () => new Date(now) }, partnerId, {
    from: new Date(fromMs),
    to: new Date(toMs),
    ...(resolution && { resolution }),
  })
const store = (partnerId: string, ms: number, value: number) =>
  under.snapshots.insert({
    ...{ _id: `${partnerId}:${ms}`, partnerId, ok: true, expiresAt: new Date(now + day) },
    ...snapshotAt(ms, value),
  })
const rollUp = (ms: number, value: number) => under.rollups.add('merged', new Date(ms), { snapshot: snapshotAt(ms, value) }, retentionDays)
const rollUpGap = (ms: number, gapReason: string) => under.rollups.add('merged', new Date(ms), { gapReason }, retentionDays)

describe('the resolution', () => {
  test.each<[string, number, number, Resolution, number]>([
    ['one hour', 0, hour, 'raw', 60],
    ['the widest range that raw captures fit', 0, 25 * hour, 'raw', 60],
    ['one wider', 0, 25 * hour + 1, '5m', 300],
    ['the widest that five minutes fit', 0, 125 * hour, '5m', 300],
    ['one wider', 0, 125 * hour + 1, '1h', 3_600],
    ['the widest that hours fit', 0, 1_500 * hour, '1h', 3_600],
    ['one wider, hours merged by two', 0, 1_500 * hour + 1, '1h', 7_200],
    ['all that is kept', 0, 400 * day, '1h', 7 * 3_600],
    ['an hour that raw captures still reach', 7 * day - hour, hour, 'raw', 60],
    ['one older', 7 * day - hour + 1, hour, '5m', 300],
    ['an hour that five minutes still reach', 60 * day - hour, hour, '5m', 300],
    ['one older', 60 * day - hour + 1, hour, '1h', 3_600],
  ])('of %s', async (_range, ageMs, widthMs, resolution, stepSeconds) => {
    expect(await read('empty', now - ageMs - widthMs, now - ageMs)).toMatchObject({ resolution, stepSeconds, points: [] })
  })

  test('never makes more than about 1,500 steps, from 1 hour to 400 days, at any interval', async () => {
    const widthMs = fc.oneof(fc.integer({ min: hour, max: 400 * day }), fc.integer({ min: hour, max: 10 * day }))
    await fc.assert(
      fc.asyncProperty(widthMs, fc.integer({ min: 5, max: 3_600 }), async (width, captureIntervalSeconds) => {
        const settings = { read: async () => ({ ...(await under.settings.read()), captureIntervalSeconds }) }
        const range = { from: new Date(now - width), to: new Date(now) }
        const { stepSeconds } = await readSeries({ ...under, settings, now: () => new Date(now) }, 'empty', range)
        expect(width / 1_000 / stepSeconds).toBeLessThanOrEqual(1_500)
      }),
      { numRuns: 60 },
    )
  })

  test('is the one that was asked for', async () => {
    for (const [resolution, stepSeconds] of [['raw', 60] as const, ['5m', 300] as const, ['1h', 3_600] as const])
      expect(await read('empty', now - hour, now, resolution)).toMatchObject({ resolution, stepSeconds })
  })

  test.each([
    ['raw', 250 * hour],
    ['5m', 1_250 * hour],
    ['1h', 15_000 * hour],
  ] as const)('%s is refused for a range that it would take more than 15,000 points for', async (resolution, widestMs) => {
    expect(await read('empty', now - widestMs, now, resolution)).toMatchObject({ resolution })
    await expect(read('empty', now - widestMs - 1, now, resolution)).rejects.toMatchObject({
      ...{ code: 'invalid', issues: [{ path: 'resolution', message: expect.stringContaining('15000') }] },
    })
  })

  test('coarsens where more captures are stored than the interval promises', async () => {
    for (let index = 0; index < 1_501; index += 1) await store('dense', now - hour + index * 1_000, 1)
    expect(await read('dense', now - hour + 1_000, now)).toMatchObject({ resolution: 'raw' })
    expect(await read('dense', now - hour, now)).toMatchObject({ resolution: '5m', stepSeconds: 300 })
  })
})

describe('the range', () => {
  test('is the last hour unless it is given', async () => {
    expect(await readSeries({ ...under, now: () => new Date(now) }, 'empty', {})).toMatchObject({
      ...{ from: new Date(now - hour).toISOString(), to: new Date(now).toISOString() },
    })
  })

  test.each([0, 1])('must not end %d ms before it begins', async (ms) => {
    await expect(read('empty', now, now - ms)).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'from' }] })
  })

  test('is of a partner that exists', async () => {
    await expect(read('nobody', now - hour, now)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('raw points are the captures from the start, included, to the end, not included; a gap has its reason and no numbers', async () => {
  const from = now - hour
  for (const ms of [from - 1, from, now - 1, now]) await store('raw', ms, 5)
  await under.snapshots.insert({
    ...{ _id: 'raw:gap', partnerId: 'raw', ok: false, reason: 'timeout', stage: 'query', message: 'Too slow.' },
    ...{ snapshotTime: new Date(from + minute), expiresAt: new Date(now + day) },
  })
  const { points } = await read('raw', from, now)
  expect(points).toEqual([
    expect.objectContaining({ at: new Date(from).toISOString(), ok: true, queuedCalls: 5 }),
    { at: new Date(from + minute).toISOString(), ok: false, reason: 'timeout' },
    expect.objectContaining({ at: new Date(now - 1).toISOString(), ok: true, queuedCalls: 5 }),
  ])
})

describe('rolled points', () => {
  /** The start of a step of two hours, which is what a range of 100 days takes. */
  let start: number
  beforeAll(async () => {
    start = Math.floor((now - 30 * day) / (2 * hour)) * 2 * hour
    await rollUp(start, 30)
    await rollUp(start + minute, 10)
    await rollUp(start + hour, 53)
    await rollUpGap(start + 2 * hour, 'refused')
    await rollUpGap(start + 3 * hour, 'timeout')
    await rollUpGap(start + 6 * hour, 'dns')
    await rollUp(start + 7 * hour, 8)
    await rollUp(start + 7 * hour + 1, 7.5)
  })
  const rolled = (min: number, max: number, avg: number, last: number) =>
    Object.fromEntries(metricNames.map((name) => [name, { min, max, avg, last }]))
  const at = (ms: number) => new Date(start + ms).toISOString()

  test('hold least, most, average and last of their captures; a bucket without any has none', async () => {
    expect((await read('merged', start, start + 8 * hour, '1h')).points).toEqual([
      { at: at(0), captures: 2, gaps: 0, gapReason: null, metrics: rolled(10, 30, 20, 10) },
      { at: at(hour), captures: 1, gaps: 0, gapReason: null, metrics: rolled(53, 53, 53, 53) },
      { at: at(2 * hour), captures: 0, gaps: 1, gapReason: 'refused', metrics: null },
      { at: at(3 * hour), captures: 0, gaps: 1, gapReason: 'timeout', metrics: null },
      { at: at(6 * hour), captures: 0, gaps: 1, gapReason: 'dns', metrics: null },
      { at: at(7 * hour), captures: 2, gaps: 0, gapReason: null, metrics: rolled(7.5, 8, 7.75, 7.5) },
    ])
  })

  test('are merged by captures, not by buckets; what has no capture stays a gap, with the last reason', async () => {
    expect(await read('merged', now - 100 * day, now)).toMatchObject({ resolution: '1h', stepSeconds: 7_200 })
    expect((await read('merged', now - 100 * day, now)).points).toEqual([
      { at: at(0), captures: 3, gaps: 0, gapReason: null, metrics: rolled(10, 53, 31, 53) },
      { at: at(2 * hour), captures: 0, gaps: 2, gapReason: 'timeout', metrics: null },
      { at: at(6 * hour), captures: 2, gaps: 1, gapReason: 'dns', metrics: rolled(7.5, 8, 7.75, 7.5) },
    ])
  })

  test('begin with the bucket that the range begins in, and end before the one that begins at its end', async () => {
    const { points } = await read('merged', start + minute, start + 2 * hour, '1h')
    expect(points.map((point) => point.at)).toEqual([at(0), at(hour)])
  })

  test('of five minutes are apart from those of hours', async () => {
    const { points } = await read('merged', start, start + 2 * hour, '5m')
    expect(points).toEqual([
      { at: at(0), captures: 2, gaps: 0, gapReason: null, metrics: rolled(10, 30, 20, 10) },
      { at: at(hour), captures: 1, gaps: 0, gapReason: null, metrics: rolled(53, 53, 53, 53) },
    ])
  })
})
