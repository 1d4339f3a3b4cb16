import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { serverName, type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type AlertLogStore, alertLogIndexes, createAlertLogStore } from './alert-logs.ts'
import { eventOf, openAlert } from './alerts-under-test.ts'

/** A server that holds the index over every alert allows one alert per rule, be it open or not. */
const skipWithoutPartialIndexes = async (database: TestDatabase, skip: (reason: string) => void) => {
  if ((await serverName(database.db)) === 'mongo-java-server') skip('it ignores partialFilterExpression')
}

describe.each(testDatabases)('alert logs on the $name', ({ open }) => {
  let database: TestDatabase
  let logs: AlertLogStore
  const acme = { subjectId: 'acme', partnerId: 'acme', partnerName: 'Acme' }
  const alert = openAlert('a1')
  const fired = eventOf(alert, 1, 'fired')
  const resolved = eventOf(alert, 2, 'resolved')
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [alertLogIndexes])
    logs = createAlertLogStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('alert_logs').deleteMany({})
  })

  test('keep an alert from its firing to its end, and 180 days more', async () => {
    await logs.record(acme, fired)
    expect(await logs.find('a1')).toMatchObject({
      state: 'firing',
      ...acme,
      message: '250 calls wait',
      deliveries: [],
    })
    expect(await logs.find('a1')).not.toHaveProperty('expiresAt')
    await logs.record(acme, resolved)
    expect(await logs.find('a1')).toMatchObject({
      state: 'resolved',
      resolvedAt: at(2),
      expiresAt: new Date(at(2).getTime() + 180 * 86_400_000),
      events: [
        { n: 1, type: 'fired', at: at(1) },
        { n: 2, type: 'resolved', at: at(2) },
      ],
    })
  })

  test('do not change when an event is recorded again, by several processes or after a later one', async () => {
    const record = (event: typeof fired) => Promise.all(Array.from({ length: 5 }, () => logs.record(acme, event)))
    await record(fired)
    await record(resolved)
    const before = await logs.find('a1')
    await record(fired)
    expect(await logs.find('a1')).toEqual(before)
    expect(before?.events).toHaveLength(2)
  })

  test('take from a repeat what the alert has become and do not keep it, nor anything that comes late', async () => {
    await logs.record(acme, fired)
    await logs.record(acme, eventOf({ ...alert, message: '300 calls wait' }, 2, 'repeated'))
    expect(await logs.find('a1')).toMatchObject({ message: '300 calls wait', events: [{ type: 'fired' }] })
    await logs.record({ ...acme, partnerName: 'Acme Corporation' }, eventOf(alert, 3, 'resolved'))
    const before = await logs.find('a1')
    expect(before).toMatchObject({ state: 'resolved', partnerName: 'Acme Corporation', events: [{ n: 1 }, { n: 3 }] })
    await logs.record(acme, eventOf(alert, 2, 'repeated'))
    expect(await logs.find('a1')).toEqual(before)
  })

  test('hold one open alert per subject and rule', async ({ skip }) => {
    await skipWithoutPartialIndexes(database, skip)
    await logs.record(acme, fired)
    const second = eventOf(openAlert('a2'), 1, 'fired')
    await expect(logs.record(acme, second)).rejects.toMatchObject({ code: 11000 })
    await logs.record({ ...acme, subjectId: 'globex', partnerId: 'globex' }, eventOf(openAlert('a3'), 1, 'fired'))
    await logs.record(acme, eventOf(openAlert('a4', { ruleId: 'stale' }), 1, 'fired'))
    await logs.record(acme, resolved)
    await logs.record(acme, second)
    expect(await logs.countFiring({})).toBe(3)
  })

  test('are read newest first, by state', async ({ skip }) => {
    await skipWithoutPartialIndexes(database, skip)
    for (const id of ['a1', 'a2', 'a3']) {
      await logs.record(acme, eventOf(openAlert(id), 1, 'fired'))
      if (id !== 'a3') await logs.record(acme, eventOf(openAlert(id), 2, 'resolved'))
    }
    const ids = async (filter: Parameters<typeof logs.page>[0], limit: number) => (await logs.page(filter, limit)).map(({ _id }) => _id)
    expect(await ids({}, 2)).toEqual(['a3', 'a2'])
    expect(await ids({ before: 'a2' }, 2)).toEqual(['a1'])
    expect(await ids({ state: 'resolved' }, 9)).toEqual(['a2', 'a1'])
    expect(await logs.countFiring({ partnerId: 'acme' })).toBe(1)
    expect(await logs.countFiring({ partnerId: 'globex' })).toBe(0)
  })

  test('keep the last hundred tries of delivery', async () => {
    await logs.record(acme, fired)
    const outcome = { channelId: 'c1', channelName: 'Slack', at: at(3), outcome: 'retried', code: '500', message: 'busy' } as const
    const attempt = (i: number) => ({ alertId: 'a1', record: { rowId: `row ${i}`, ...outcome } })
    await logs.delivered([attempt(0), attempt(1), attempt(2)])
    for (let i = 3; i < 102; i++) await logs.delivered([attempt(i)])
    const { deliveries = [] } = (await logs.find('a1')) ?? {}
    expect(deliveries).toHaveLength(100)
    expect(deliveries.at(0)).toEqual({ rowId: 'row 2', ...outcome })
    expect(deliveries.at(-1)?.rowId).toBe('row 101')
  })

  test('show the most severe that fire first, of these the newest, and none that resolved', async () => {
    for (const [id, level] of [
      ['a1', 'MEDIUM'],
      ['a2', 'CRITICAL'],
      ['a3', 'HIGH'],
      ['a4', 'CRITICAL'],
      ['a5', 'CRITICAL'],
    ] as const) {
      const rule = openAlert(id, { level, ruleId: id })
      await logs.record(acme, eventOf(rule, 1, 'fired'))
      if (id === 'a5') await logs.record(acme, eventOf(rule, 2, 'resolved'))
    }
    const severest = async (limit: number) => (await logs.severest(limit)).map(({ _id }) => _id)
    expect(await severest(10)).toEqual(['a4', 'a2', 'a3', 'a1'])
    expect(await severest(2)).toEqual(['a4', 'a2'])
    expect((await logs.severest(1))[0]).not.toHaveProperty('events')
  })
})
