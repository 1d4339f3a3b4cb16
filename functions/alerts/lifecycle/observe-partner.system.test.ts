import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import { type Alerting, channelDoc, createAlerting } from './alerting-under-test.ts'
import { observePartner } from './observe-partner.ts'
import { tickAlerts } from './tick-alerts.ts'

describe('observing partners', () => {
  let database: TestDatabase
  let alerting: Alerting
  const six = ['a', 'b', 'c', 'd', 'e', 'f']
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    alerting = await createAlerting(database)
    await alerting.deps.channels.insert(channelDoc('slack'))
    for (const id of six) {
      await alerting.addPartner(id)
      await alerting.capture(id, 0)
    }
  })

  /** One capture of each partner a minute, ten seconds apart, while ticks and dispatches go on. */
  const sweep = async (capture: (id: string) => Promise<void>, ids = six) => {
    for (const id of ids) {
      await alerting.dispatchFor(10)
      await capture(id)
      await tickAlerts(alerting.deps)
    }
  }
  const fail = (id: string) => alerting.fail(id)
  const recover = (id: string) => alerting.capture(id, 0)

  test('sends one message, not six, when six partners go down at once', async () => {
    for (let i = 0; i < 5; i++) await sweep(fail)
    await alerting.dispatchFor(60)
    expect(alerting.sentNotices()).toEqual(['slack: fired fleet fleet-failing'])
    const firing = await alerting.deps.alertLogs.page({ state: 'firing' }, 10)
    expect(
      firing
        .filter(({ ruleId }) => ruleId === 'ssh-down')
        .map(({ partnerId }) => partnerId)
        .sort(),
    ).toEqual(six)
  })

  test('reports that the fleet is back, and then the partner that stays down', async () => {
    for (let i = 0; i < 4; i++) await sweep(fail)
    const [last = '', ...others] = six
    for (let i = 0; i < 3; i++) {
      await sweep(recover, others)
      await sweep(fail, [last])
    }
    await alerting.dispatchFor(60)
    const told = alerting.sentNotices()
    expect(told).toContain('slack: resolved fleet fleet-failing')
    expect(told.filter((line) => line.includes(` ${last} `))).toEqual([`slack: fired ${last} ssh-down`])
  })

  test('leaves partners whose maintenance is planned aside when it counts the fleet', async () => {
    const now = alerting.deps.now()
    await alerting.deps.windows.insert({
      _id: 'window',
      name: 'Move of a rack',
      partnerIds: six.slice(0, 3),
      schedule: { type: 'once', from: now, to: new Date(now.getTime() + 10 * 60_000) },
      createdBy: 'Ada',
      createdAt: now,
    })
    for (let i = 0; i < 5; i++) {
      await sweep(fail, six.slice(0, 3))
      await sweep(recover, six.slice(3))
    }
    expect(alerting.sentNotices()).toEqual([])
    for (let i = 0; i < 6; i++) {
      await sweep(fail, six.slice(0, 3))
      await sweep(recover, six.slice(3))
    }
    await alerting.dispatchFor(60)
    expect(alerting.sentNotices()).toEqual(['slack: fired fleet fleet-failing'])
  })

  test('sends one message for one partner that goes down, and one when it is back', async () => {
    for (let i = 0; i < 5; i++) {
      await sweep(fail, ['a'])
      await sweep(recover, six.slice(1))
    }
    await sweep(recover, ['a'])
    await alerting.dispatchFor(60)
    expect(alerting.sentNotices()).toEqual(['slack: fired a ssh-down', 'slack: resolved a ssh-down'])
  })

  test('evaluates a capture once however often it is observed', async () => {
    alerting.wait(60)
    await alerting.capture('a', 200)
    await Promise.all(Array.from({ length: 5 }, () => observePartner(alerting.deps, 'a')))
    await alerting.dispatchFor(60)
    expect(alerting.sentNotices()).toEqual(['slack: fired a deep-queue'])
  })

  test('says nothing of a partner that is inactive, unknown or never captured', async () => {
    await alerting.deps.partners.update('a', 1, { isActive: false })
    await alerting.addPartner('new')
    alerting.wait(60)
    await alerting.capture('a', 200)
    await observePartner(alerting.deps, 'new')
    await observePartner(alerting.deps, 'nobody')
    await alerting.dispatchFor(60)
    expect(alerting.sentNotices()).toEqual([])
  })
})
