import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type AlertOutbox, alertOutboxIndexes, createAlertOutbox, type OutboxRow } from './alert-outbox.ts'
import { eventOf, openAlert } from './alerts-under-test.ts'

const row = (id: string, channelId = 'c1', minutes = 1): OutboxRow => ({
  _id: id,
  channelId,
  channelName: 'Slack',
  alertId: 'a1',
  partnerId: 'acme',
  partnerName: 'Acme',
  event: eventOf(openAlert('a1'), 1, 'notified'),
  state: 'pending',
  createdAt: at(minutes),
  messageId: null,
  begunAt: null,
  attempts: 0,
  lastCode: null,
  endedAt: null,
})

describe.each(testDatabases)('the outbox on the $name', ({ open }) => {
  let database: TestDatabase
  let outbox: AlertOutbox
  const find = (_id: string) => database.db.collection<OutboxRow>('alert_outbox').findOne({ _id })
  const ids = (rows: readonly OutboxRow[]) => rows.map(({ _id }) => _id)
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [alertOutboxIndexes])
    outbox = createAlertOutbox(database.db)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('alert_outbox').deleteMany({})
  })

  test('keeps a row as it is when it is added again', async () => {
    await outbox.add(row('r1'))
    await outbox.end(['r1'], 'sent', '200', at(2))
    await Promise.all([outbox.add(row('r1')), outbox.add(row('r1'))])
    expect(await find('r1')).toMatchObject({ state: 'sent', attempts: 1 })
  })

  test('makes a message of what waits for a channel, by id and up to the limit', async () => {
    for (const id of ['r3', 'r1', 'r2']) await outbox.add(row(id, 'c1', id === 'r1' ? 9 : 1))
    await outbox.add(row('r0', 'c2'))
    const message = await outbox.nextMessage('c1', { id: 'm1', at: at(4) }, 2)
    expect(message).toMatchObject([
      { _id: 'r1', messageId: 'm1', begunAt: at(4) },
      { _id: 'r2', messageId: 'm1', begunAt: at(4) },
    ])
    expect(await outbox.nextMessage('c3', { id: 'm2', at: at(4) }, 2)).toEqual([])
  })

  test('keeps to a message that was begun until all of it has ended', async () => {
    for (const id of ['r5', 'r6', 'r7']) await outbox.add(row(id))
    const begun = await outbox.nextMessage('c1', { id: 'm1', at: at(4) }, 2)
    for (const id of ['r1', 'r2', 'r8']) await outbox.add(row(id))
    expect(await outbox.nextMessage('c1', { id: 'm2', at: at(4) }, 9)).toEqual(begun)
    await outbox.retry(ids(begun), '500')
    expect(ids(await outbox.nextMessage('c1', { id: 'm2', at: at(4) }, 1))).toEqual(['r5', 'r6'])
    await outbox.end(ids(begun), 'sent', '200', at(3))
    expect(ids(await outbox.nextMessage('c1', { id: 'm3', at: at(4) }, 9))).toEqual(['r1', 'r2', 'r7', 'r8'])
  })

  test('gives processes that ask at once the same message', async () => {
    for (let i = 10; i < 40; i++) await outbox.add(row(`r${i}`))
    const messages = await Promise.all([1, 2, 3, 4].map((n) => outbox.nextMessage('c1', { id: `m${n}`, at: at(4) }, 10 + n)))
    expect(new Set(messages.map((message) => message[0]?.messageId)).size).toBe(1)
    expect(new Set(messages.map((message) => ids(message).join())).size).toBe(1)
  })

  test('ends a row once, and keeps it 180 days more', async () => {
    await outbox.add(row('r1'))
    await outbox.end(['r1'], 'dead', '404', at(2))
    await outbox.end(['r1'], 'sent', '200', at(5))
    await outbox.retry(['r1'], '500')
    const expiresAt = new Date(at(2).getTime() + 180 * 86_400_000)
    expect(await find('r1')).toMatchObject({ state: 'dead', lastCode: '404', endedAt: at(2), attempts: 1, expiresAt })
  })

  test('makes a dead row wait again with what came after it for its alert and channel, and nothing else', async () => {
    const rows = ['a1:1:c1', 'a1:2:c1', 'a1:2:c2', 'a1:3:c1', 'a2:4:c1']
    for (const id of rows) await outbox.add({ ...row(id, id.slice(-2)), alertId: id.slice(0, 2) })
    await outbox.nextMessage('c1', { id: 'm1', at: at(4) }, 9)
    await outbox.end(['a1:1:c1', 'a1:3:c1', 'a2:4:c1', 'a1:2:c2'], 'sent', '200', at(2))
    await outbox.end(['a1:2:c1'], 'dead', '404', at(2))
    expect(await outbox.revive('a1:1:c1', at(60))).toBe('missing')
    expect(await outbox.revive('a1:2:c1', at(60))).toBe('ok')
    const fresh = { state: 'pending', createdAt: at(60), messageId: null, begunAt: null, endedAt: null }
    for (const id of ['a1:2:c1', 'a1:3:c1']) {
      expect(await find(id)).toMatchObject(fresh)
      expect(await find(id)).not.toHaveProperty('expiresAt')
    }
    expect(ids(await outbox.page({ state: 'sent' }, 9)).sort()).toEqual(['a1:1:c1', 'a1:2:c2', 'a2:4:c1'])
    expect(await outbox.revive('a1:2:c1', at(61))).toBe('missing')
    expect(await outbox.revive('nothing', at(61))).toBe('missing')
  })

  test('leaves a dead row while something that came after it is being sent', async () => {
    for (const id of ['a1:1:c1', 'a1:2:c1']) await outbox.add(row(id))
    await outbox.end(['a1:1:c1'], 'dead', '404', at(2))
    await outbox.nextMessage('c1', { id: 'm1', at: at(4) }, 9)
    expect(await outbox.revive('a1:1:c1', at(5))).toBe('busy')
    expect(await find('a1:1:c1')).toMatchObject({ state: 'dead' })
    await outbox.end(['a1:2:c1'], 'sent', '200', at(6))
    expect(await outbox.revive('a1:1:c1', at(7))).toBe('ok')
  })

  test('knows which channels got an alert', async () => {
    for (const id of ['a1:1:c1', 'a1:1:c2', 'a1:2:c1', 'a11:1:c3', 'a2:1:c4']) await outbox.add(row(id, id.slice(-2)))
    await outbox.end(['a1:1:c2'], 'dead', '404', at(2))
    expect((await outbox.channelsNotified('a1')).sort()).toEqual(['c1', 'c2'])
    expect(await outbox.channelsNotified('a3')).toEqual([])
  })

  test('says how much waits, and since when', async () => {
    expect(await outbox.oldest()).toBeNull()
    await outbox.add(row('r1', 'c1', 7))
    await outbox.add(row('r2', 'c2', 5))
    await outbox.add(row('r3', 'c2', 3))
    await outbox.end(['r3'], 'sent', '200', at(8))
    expect(await outbox.depth()).toBe(2)
    expect((await outbox.oldest())?._id).toBe('r2')
    expect((await outbox.channelsWaiting()).sort()).toEqual(['c1', 'c2'])
  })

  test('is read newest first, whatever the alert, from a row on', async () => {
    for (const [id, minutes] of [
      ['a1:2:c1', 5],
      ['a1:1:c1', 1],
      ['a2:1:c1', 3],
      ['a2:1:c2', 3],
    ] as const)
      await outbox.add(row(id, id.slice(-2), minutes))
    expect(ids(await outbox.page({}, 2))).toEqual(['a1:2:c1', 'a2:1:c2'])
    expect(ids(await outbox.page({ before: 'a2:1:c2' }, 9))).toEqual(['a2:1:c1', 'a1:1:c1'])
    expect(await outbox.page({ before: 'nothing' }, 9)).toEqual([])
  })

  test('is read by state, channel and alert, alone and together', async () => {
    for (const id of ['a1:1:c1', 'a1:1:c2', 'a11:1:c1', 'a2:1:c1']) await outbox.add(row(id, id.slice(-2)))
    await outbox.end(['a1:1:c1', 'a2:1:c1'], 'sent', '200', at(8))
    expect(ids(await outbox.page({ state: 'pending' }, 9))).toEqual(['a1:1:c2', 'a11:1:c1'])
    expect(ids(await outbox.page({ channelId: 'c1' }, 9))).toEqual(['a2:1:c1', 'a1:1:c1', 'a11:1:c1'])
    expect(ids(await outbox.page({ alertId: 'a1' }, 9))).toEqual(['a1:1:c2', 'a1:1:c1'])
    expect(ids(await outbox.page({ alertId: 'a1', channelId: 'c1', state: 'sent' }, 9))).toEqual(['a1:1:c1'])
  })
})
