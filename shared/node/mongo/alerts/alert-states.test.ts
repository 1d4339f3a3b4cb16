import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { emptyState } from '../../../alert/alert-state.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type AlertStateStore, alertStateIndexes, createAlertStateStore } from './alert-states.ts'
import { eventOf, openAlert } from './alerts-under-test.ts'

describe.each(testDatabases)('alert states on the $name', ({ open }) => {
  let database: TestDatabase
  let states: AlertStateStore
  const alert = openAlert('a1')
  const [fired, resolved] = [eventOf(alert, 1, 'fired'), eventOf(alert, 2, 'resolved')]
  const seen = (minutes: number) => ({ ...emptyState, lastObservedAt: at(minutes) })
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [alertStateIndexes])
    states = createAlertStateStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('alert_states').deleteMany({})
  })

  test('keep a state and what happened in one document', async () => {
    const state = { ...seen(1), counters: { 'deep-queue': { matched: 1, unmatched: 0 } }, open: { 'deep-queue': alert } }
    expect(await states.save('acme', 0, state, [fired])).toBe(true)
    expect(await states.find('acme')).toEqual({ _id: 'acme', version: 1, state, journal: [fired], hasJournal: true })
  })

  test('are written by one of several processes that read the same version', async () => {
    const save = (version: number) => Promise.all(Array.from({ length: 5 }, (_, i) => states.save('acme', version, seen(i), [fired])))
    for (const version of [0, 1]) expect((await save(version)).filter(Boolean)).toHaveLength(1)
    expect(await states.find('acme')).toMatchObject({ version: 2, journal: [fired, fired] })
    expect(await states.save('acme', 0, seen(9), [])).toBe(false)
  })

  test('wait for the outbox as long as their journal holds something', async () => {
    await states.save('calm', 0, seen(1), [])
    await states.save('acme', 0, seen(1), [fired])
    await states.save('acme', 1, seen(2), [resolved])
    const waiting = async () => (await states.withJournal(10)).map(({ _id, journal }) => [_id, ...journal.map(({ key }) => key)])
    expect(await waiting()).toEqual([['acme', 'a1:1', 'a1:2']])
    await states.removeFromJournal('acme', fired)
    await states.settle('acme')
    expect(await waiting()).toEqual([['acme', 'a1:2']])
    await states.removeFromJournal('acme', resolved)
    await states.removeFromJournal('acme', resolved)
    await states.settle('acme')
    expect(await waiting()).toEqual([])
    await states.save('acme', 2, seen(3), [fired])
    expect(await waiting()).toEqual([['acme', 'a1:1']])
  })

  test('are handed out by the number asked for', async () => {
    for (const id of ['a', 'b', 'c']) await states.save(id, 0, seen(1), [fired])
    expect(await states.withJournal(2)).toHaveLength(2)
    expect(await states.all()).toHaveLength(3)
  })
})
