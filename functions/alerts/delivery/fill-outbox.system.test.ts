import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import { type Alerting, channelDoc, createAlerting } from '../lifecycle/alerting-under-test.ts'
import { observe } from '../lifecycle/change-subject.ts'
import { type FillOutboxDeps, fillOutbox } from './fill-outbox.ts'

describe('handing on', () => {
  let database: TestDatabase
  let alerting: Alerting
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())
  const reset = async () => {
    alerting = await createAlerting(database)
    for (const id of ['email', 'slack']) await alerting.deps.channels.insert(channelDoc(id))
    await alerting.addPartner('acme')
  }
  beforeEach(reset)

  const fireAndResolve = async () => {
    await alerting.capture('acme', 200)
    alerting.wait(60)
    await alerting.capture('acme', 0)
  }
  const outcome = async () => ({
    events: (await alerting.deps.alertLogs.page({}, 10)).map(({ state, events }) => [state, ...events.map(({ type }) => type)]),
    rows: (await alerting.rows()).map(({ channelId, event }) => `${channelId} ${event.type}`),
    journal: (await alerting.deps.states.withJournal(10)).length,
  })
  const expected = {
    events: [['resolved', 'fired', 'notified', 'resolved']],
    rows: ['email notified', 'slack notified', 'email resolved', 'slack resolved'],
    journal: 0,
  }

  /** The dependencies of a process that dies at its `step`th write, before it or after it. */
  const dying = (step: number, when: 'before' | 'after'): FillOutboxDeps => {
    let steps = 0
    const guard =
      <A extends unknown[]>(write: (...args: A) => Promise<void>) =>
      async (...args: A) => {
        const isLast = ++steps === step
        if (isLast && when === 'before') throw new Error('died')
        await write(...args)
        if (isLast) throw new Error('died')
      }
    const { states, alertLogs, outbox } = alerting.deps
    return {
      ...alerting.deps,
      states: { withJournal: states.withJournal, removeFromJournal: guard(states.removeFromJournal), settle: guard(states.settle) },
      alertLogs: { find: alertLogs.find, record: guard(alertLogs.record) },
      outbox: { ...outbox, add: guard(outbox.add) },
    }
  }

  test.each(['before', 'after'] as const)('neither loses nor doubles anything when a process dies %s any of its writes', async (when) => {
    let deaths = 0
    for (;;) {
      await reset()
      await fireAndResolve()
      const isOver = await fillOutbox(dying(deaths + 1, when)).then(
        () => true,
        () => false,
      )
      await fillOutbox(alerting.deps)
      expect(await outcome()).toEqual(expected)
      if (isOver) break
      deaths++
    }
    // Three events, of which two go to two channels, each taken from the journal, which is then settled.
    expect(deaths).toBe(3 + 4 + 3 + 1)
  })

  test('adds nothing twice when several processes fill the outbox at once', async () => {
    await fireAndResolve()
    await Promise.all(Array.from({ length: 6 }, () => fillOutbox(alerting.deps)))
    expect(await outcome()).toEqual(expected)
  })

  test('keeps an event that comes while the journal is settled', async () => {
    await alerting.capture('acme', 200)
    const { states } = alerting.deps
    const settle = async (subjectId: string) => {
      if ((await states.find('acme'))?.state.open['deep-queue']) {
        alerting.wait(60)
        await alerting.capture('acme', 0)
      }
      await states.settle(subjectId)
    }
    await fillOutbox({ ...alerting.deps, states: { ...states, settle } })
    expect((await outcome()).journal).toBe(1)
    await fillOutbox(alerting.deps)
    expect(await outcome()).toEqual(expected)
  })

  test('comes to an end although more happens all the time', async () => {
    await alerting.capture('acme', 200)
    const { states } = alerting.deps
    let queued = 200
    const settle = async (subjectId: string) => {
      queued = 200 - queued
      alerting.wait(60)
      await alerting.capture('acme', queued)
      await states.settle(subjectId)
    }
    await fillOutbox({ ...alerting.deps, states: { ...states, settle } })
    expect((await alerting.rows()).map(({ channelId, event }) => `${channelId} ${event.type}`)).toEqual([
      'email notified',
      'slack notified',
    ])
  })

  test('fills the outbox for the others when one partner fails, and says that it failed', async () => {
    await alerting.addPartner('broken')
    await alerting.capture('broken', 200)
    await fireAndResolve()
    const record: FillOutboxDeps['alertLogs']['record'] = async (subject, event) => {
      if (subject.subjectId === 'broken') throw new Error('it does not fit')
      await alerting.deps.alertLogs.record(subject, event)
    }
    await expect(fillOutbox({ ...alerting.deps, alertLogs: { ...alerting.deps.alertLogs, record } })).rejects.toThrow('it does not fit')
    expect(await outcome()).toEqual({ ...expected, journal: 1 })
  })

  test('goes to the channels that are on and want the level and the partner', async () => {
    const { channels } = alerting.deps
    await channels.insert(channelDoc('off', { isActive: false }))
    await channels.insert(channelDoc('other level', { levels: ['HIGH', 'MEDIUM'] }))
    await channels.insert(channelDoc('other partner', { partnerIds: ['globex'] }))
    await channels.insert(channelDoc('this partner', { partnerIds: ['acme'] }))
    await alerting.capture('acme', 200)
    await fillOutbox(alerting.deps)
    expect((await alerting.rows()).map((row) => row.channelId)).toEqual(['email', 'slack', 'this partner'])
    expect(await alerting.rows()).toMatchObject(Array(3).fill({ partnerId: 'acme', partnerName: 'acme', state: 'pending' }))
  })

  test('sends the end where the firing went, whatever the level and the settings of the channels are by then, and nowhere else', async () => {
    const { channels, rules } = alerting.deps
    await alerting.capture('acme', 200)
    await fillOutbox(alerting.deps)
    const { version, rules: stored } = await rules.readSet()
    await rules.write(
      version,
      stored.map((rule) => ({ ...rule, level: 'MEDIUM' })),
    )
    await channels.update('email', 1, { levels: ['HIGH'] })
    await channels.update('slack', 1, { partnerIds: ['globex'] })
    await channels.insert(channelDoc('late'))
    for (const queued of [300, 0]) {
      alerting.wait(60)
      await alerting.capture('acme', queued)
    }
    await fillOutbox(alerting.deps)
    const rows = (await alerting.rows()).map(({ channelId, event }) => `${channelId} ${event.type} ${event.alert.level}`)
    expect(rows).toEqual(['email notified CRITICAL', 'slack notified CRITICAL', 'email resolved MEDIUM', 'slack resolved MEDIUM'])
  })

  test('tells a channel for escalations of the escalation and of the end, and not of what was before', async () => {
    const { channels, settings } = alerting.deps
    await channels.insert(channelDoc('boss', { isEscalation: true }))
    await settings.write({ escalateCriticalAfterMinutes: 5 })
    await alerting.capture('acme', 200)
    alerting.wait(300)
    await observe(alerting.deps, 'acme', { kind: 'tick', at: alerting.deps.now() })
    alerting.wait(60)
    await alerting.capture('acme', 0)
    await fillOutbox(alerting.deps)
    const rows = (await alerting.rows()).map(({ channelId, event }) => `${channelId} ${event.type}`)
    expect(rows.filter((row) => row.startsWith('boss'))).toEqual(['boss escalated', 'boss resolved'])
    expect(rows.filter((row) => row.startsWith('email'))).toEqual(['email notified', 'email resolved'])
  })
})
