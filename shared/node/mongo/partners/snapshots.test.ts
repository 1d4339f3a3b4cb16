import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at, snapshotOf } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type CaptureDoc, createSnapshotStore, type SnapshotStore, snapshotIndexes } from './snapshots.ts'

const capture = (partnerId: string, minute: number, value = minute): CaptureDoc => ({
  _id: `${partnerId}:${minute}`,
  partnerId,
  expiresAt: at(10_000),
  ok: true,
  ...snapshotOf(value, at(minute)),
})

const gap = (partnerId: string, minute: number): CaptureDoc => ({
  _id: `${partnerId}:${minute}`,
  partnerId,
  snapshotTime: at(minute),
  expiresAt: at(10_000),
  ok: false,
  reason: 'refused',
  stage: 'ssh-connect',
  message: 'Nothing listens there.',
})

describe.each(testDatabases)('snapshots on the $name', ({ open }) => {
  let database: TestDatabase
  let snapshots: SnapshotStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [snapshotIndexes])
    snapshots = createSnapshotStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('dashboard_snapshots').deleteMany({}))

  test('a capture is stored once, whatever a second one with its id says', async () => {
    expect(await snapshots.insert(capture('p1', 1))).toBe(true)
    expect(await snapshots.insert(capture('p1', 1, 99))).toBe(false)
    expect(await snapshots.insert(gap('p1', 1))).toBe(false)
    expect(await snapshots.latest('p1')).toEqual(capture('p1', 1))
  })

  test('a range is one partner’s, oldest first, with its start and without its end, gaps included', async () => {
    for (const minute of [3, 1, 4, 0]) await snapshots.insert(capture('p1', minute))
    await snapshots.insert(gap('p1', 2))
    await snapshots.insert(capture('p2', 2))
    expect(await snapshots.range('p1', at(1), at(4))).toEqual([capture('p1', 1), gap('p1', 2), capture('p1', 3)])
    expect(await snapshots.range('p1', at(4), at(4))).toEqual([])
    expect(await snapshots.range('p3', at(0), at(10))).toEqual([])
  })

  test('the latest is the newest capture or gap of the partner', async () => {
    expect(await snapshots.latest('p1')).toBeNull()
    for (const minute of [1, 3, 2]) await snapshots.insert(capture('p1', minute))
    await snapshots.insert(capture('p2', 9))
    expect(await snapshots.latest('p1')).toEqual(capture('p1', 3))
    await snapshots.insert(gap('p1', 4))
    expect(await snapshots.latest('p1')).toEqual(gap('p1', 4))
  })

  test('removing takes one partner’s captures', async () => {
    for (const partnerId of ['p1', 'p2']) for (const minute of [1, 2]) await snapshots.insert(capture(partnerId, minute))
    await snapshots.removeOf('p1')
    expect(await snapshots.latest('p1')).toBeNull()
    expect(await snapshots.range('p2', at(0), at(10))).toHaveLength(2)
  })
})
