import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { metricNames } from '../../../snapshot/snapshot.ts'
import { at, snapshotOf } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createSnapshotRollupStore, type MetricRollup, type SnapshotRollupStore, snapshotRollupIndexes } from './snapshot-rollups.ts'

const retentionDays = { '5m': 60, '1h': 400 }
const inEveryMetric = (rollup: MetricRollup) => Object.fromEntries(metricNames.map((name) => [name, rollup]))

describe.each(testDatabases)('snapshot rollups on the $name', ({ open }) => {
  let database: TestDatabase
  let rollups: SnapshotRollupStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [snapshotRollupIndexes])
    rollups = createSnapshotRollupStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('snapshot_rollups').deleteMany({}))

  const add = (minute: number, value: number, partnerId = 'p1') =>
    rollups.add(partnerId, at(minute), { snapshot: snapshotOf(value, at(minute)) }, retentionDays)
  const addGap = (minute: number, gapReason: string) => rollups.add('p1', at(minute), { gapReason }, retentionDays)
  const all = (resolution: '5m' | '1h', partnerId = 'p1') => rollups.range(partnerId, resolution, at(0), at(1_000))

  test('a bucket holds the least, the greatest, the sum, the last and the number of its captures', async () => {
    for (const [minute, value] of [
      [5, 4],
      [6, 1.5],
      [7, 9],
      [9, 3],
    ] as const)
      await add(minute, value)
    expect(await all('5m')).toEqual([
      {
        _id: `p1:5m:${at(5).getTime()}`,
        partnerId: 'p1',
        resolution: '5m',
        bucket: at(5),
        captures: 4,
        gaps: 0,
        metrics: inEveryMetric({ min: 1.5, max: 9, sum: 17.5, last: 3 }),
        expiresAt: at(5 + 60 * 24 * 60),
      },
    ])
  })

  test('each capture counts in the bucket of its time in both resolutions, and ends with it', async () => {
    for (const minute of [0, 4, 5, 59, 60]) await add(minute, minute)
    const five = await all('5m')
    expect(five.map(({ bucket, captures, metrics }) => [bucket, captures, metrics?.queuedCalls.sum])).toEqual([
      [at(0), 2, 4],
      [at(5), 1, 5],
      [at(55), 1, 59],
      [at(60), 1, 60],
    ])
    const hours = await all('1h')
    expect(hours.map(({ bucket, captures, metrics }) => [bucket, captures, metrics?.queuedCalls.sum])).toEqual([
      [at(0), 4, 68],
      [at(60), 1, 60],
    ])
    expect(hours.map(({ expiresAt }) => expiresAt)).toEqual([at(400 * 24 * 60), at(60 + 400 * 24 * 60)])
  })

  test('gaps are counted beside the captures and change no metric', async () => {
    await add(0, 5)
    await addGap(1, 'refused')
    await addGap(2, 'timeout')
    await add(3, 7)
    expect(await all('5m')).toMatchObject([
      { captures: 2, gaps: 2, lastGapReason: 'timeout', metrics: inEveryMetric({ min: 5, max: 7, sum: 12, last: 7 }) },
    ])
  })

  test('a bucket of gaps alone has no metrics', async () => {
    await addGap(0, 'dns')
    const [rollup] = await all('1h')
    expect(rollup).toMatchObject({ captures: 0, gaps: 1, lastGapReason: 'dns' })
    expect(rollup).not.toHaveProperty('metrics')
    await add(1, 0)
    expect(await all('1h')).toMatchObject([{ captures: 1, gaps: 1, metrics: inEveryMetric({ min: 0, max: 0, sum: 0, last: 0 }) }])
  })

  test('captures added at once by two processes are all counted', async () => {
    const other = createSnapshotRollupStore(database.db)
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? rollups : other).add('p1', at(i % 5), { snapshot: snapshotOf(i, at(i % 5)) }, retentionDays),
      ),
    )
    for (const resolution of ['5m', '1h'] as const) {
      const [rollup, ...rest] = await all(resolution)
      expect(rollup).toMatchObject({ captures: 40, metrics: { queuedCalls: { min: 0, max: 39, sum: 780 } } })
      expect(rest).toEqual([])
    }
  })

  test('a range is one partner’s, oldest first, with its start and without its end', async () => {
    for (const minute of [10, 0, 5, 15]) await add(minute, minute)
    await add(5, 5, 'p2')
    const buckets = async (from: Date, to: Date) => (await rollups.range('p1', '5m', from, to)).map(({ bucket }) => bucket)
    expect(await buckets(at(5), at(15))).toEqual([at(5), at(10)])
    expect(await buckets(at(6), at(16))).toEqual([at(10), at(15)])
    expect(await buckets(at(20), at(30))).toEqual([])
  })

  test('removing takes one partner’s rollups', async () => {
    await add(0, 1)
    await add(0, 1, 'p2')
    await rollups.removeOf('p1')
    expect([...(await all('5m')), ...(await all('1h'))]).toEqual([])
    expect([...(await all('5m', 'p2')), ...(await all('1h', 'p2'))]).toHaveLength(2)
  })
})
