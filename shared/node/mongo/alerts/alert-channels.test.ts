import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { nameKey } from '../../../name-key.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type AlertChannelDoc, type AlertChannelStore, alertChannelIndexes, createAlertChannelStore } from './alert-channels.ts'

const channelDoc = (name: string): AlertChannelDoc => ({
  _id: name,
  name,
  nameKey: nameKey(name),
  isActive: true,
  levels: ['CRITICAL'],
  partnerIds: null,
  isEscalation: false,
  config: { type: 'email', to: ['ops@acme.example'] },
  problem: null,
  dispatch: { leasedUntil: new Date(0), leaseId: null, nextSendAt: new Date(0), failures: 0 },
  version: 1,
  createdAt: at(0),
  updatedAt: at(0),
})

describe.each(testDatabases)('alert channels on the $name', ({ open }) => {
  let database: TestDatabase
  let channels: AlertChannelStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [alertChannelIndexes])
    channels = createAlertChannelStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('alert_channels').deleteMany({})
    await channels.insert(channelDoc('Slack'))
  })

  const lease = (id: string, minutes: number) => channels.lease('Slack', { id, now: at(minutes), until: at(minutes + 1) })

  test('have names of their own', async () => {
    expect(await channels.insert({ ...channelDoc('SLACK'), _id: 'other' })).toBe(false)
    expect(await channels.insert(channelDoc('Email'))).toBe(true)
    expect(await channels.update('Email', 1, { name: 'slack', nameKey: nameKey('slack') })).toBe('conflict')
    expect((await channels.list()).map(({ name }) => name)).toEqual(['Email', 'Slack'])
  })

  test('are changed from the version that was read', async () => {
    expect(await channels.update('Slack', 1, { isActive: false })).toBe('ok')
    expect(await channels.update('Slack', 1, { isActive: true })).toBe('stale')
    expect(await channels.find('Slack')).toMatchObject({ isActive: false, version: 2 })
  })

  test('are removed once', async () => {
    expect(await channels.remove('Slack')).toBe(true)
    expect(await channels.remove('Slack')).toBe(false)
    expect(await channels.find('Slack')).toBeNull()
  })

  test('are leased to one of several processes, and to the next when the lease has run out', async () => {
    const leased = await Promise.all(['a', 'b', 'c'].map((id) => lease(id, 0)))
    expect(leased.filter((channel) => channel !== null)).toHaveLength(1)
    expect(await lease('d', 0.5)).toBeNull()
    expect(await lease('d', 1)).toMatchObject({ dispatch: { leaseId: 'd', leasedUntil: at(2) } })
    expect(await channels.lease('nothing', { id: 'a', now: at(0), until: at(1) })).toBeNull()
  })

  test('are not leased before they may send again', async () => {
    await lease('a', 0)
    await channels.release('Slack', 'a', { nextSendAt: at(5), failures: 3 })
    expect(await lease('b', 4.9)).toBeNull()
    expect(await lease('b', 5)).toMatchObject({ dispatch: { failures: 3 } })
  })

  test('are left alone by who has lost the lease', async () => {
    await lease('a', 0)
    await lease('b', 1)
    await channels.release('Slack', 'a', { nextSendAt: at(9), failures: 7, problem: { at: at(1), code: '404', message: 'refused' } })
    expect(await channels.find('Slack')).toMatchObject({ problem: null, dispatch: { leaseId: 'b', leasedUntil: at(2), failures: 0 } })
  })

  test('keep their problem until a release says otherwise', async () => {
    const problem = { at: at(0), code: '404', message: 'refused' }
    for (const [minutes, next, kept] of [
      [0, { problem }, problem],
      [1, {}, problem],
      [2, { problem: null }, null],
    ] as const) {
      await lease('a', minutes)
      await channels.release('Slack', 'a', next)
      expect((await channels.find('Slack'))?.problem).toEqual(kept)
    }
  })

  test('keep their version when they are leased, so that an edit meanwhile is not refused', async () => {
    await lease('a', 0)
    expect(await channels.update('Slack', 1, { levels: ['HIGH'] })).toBe('ok')
    await channels.release('Slack', 'a', { failures: 1 })
    expect(await channels.find('Slack')).toMatchObject({ levels: ['HIGH'], version: 2, dispatch: { leaseId: null, failures: 1 } })
  })
})
