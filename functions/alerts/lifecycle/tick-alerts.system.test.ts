import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import type { MaintenanceWindowDoc } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { dispatch } from '../delivery/dispatch.ts'
import { acknowledgeAlert } from './acknowledge-alert.ts'
import { type Alerting, channelDoc, createAlerting } from './alerting-under-test.ts'
import { dismissAlert } from './dismiss-alert.ts'
import { tickAlerts } from './tick-alerts.ts'

const ada = { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' } as const

describe('the passing of time', () => {
  let database: TestDatabase
  let alerting: Alerting
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    alerting = await createAlerting(database)
    await alerting.deps.channels.insert(channelDoc('slack'))
    await alerting.addPartner('acme')
  })

  const tickAndDispatch = async () => {
    await tickAlerts(alerting.deps)
    await dispatch(alerting.deps)
  }
  const pass = async (minutes: number) => {
    alerting.wait(minutes * 60)
    await alerting.store('acme', 200)
    await tickAndDispatch()
  }
  const later = (minutes: number) => new Date(alerting.deps.now().getTime() + minutes * 60_000)
  const firing = async () => (await alerting.deps.alertLogs.page({ state: 'firing' }, 1))[0]
  const openWindow = (partnerIds: MaintenanceWindowDoc['partnerIds'], minutes: number) =>
    alerting.deps.windows.insert({
      _id: 'window',
      name: 'Upgrade',
      partnerIds,
      schedule: { type: 'once', from: alerting.deps.now(), to: later(minutes) },
      createdBy: 'Ada',
      createdAt: alerting.deps.now(),
    })

  test('evaluates a capture that was stored by a process that died before it could', async () => {
    await alerting.store('acme', 200)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue'])
  })

  test('resolves after a restart what was good again meanwhile', async () => {
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    alerting.wait(60)
    await alerting.store('acme', 0)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue', 'slack: resolved acme deep-queue'])
  })

  test('changes nothing when it passes again', async () => {
    await alerting.capture('acme', 200)
    for (let i = 0; i < 3; i++) await tickAndDispatch()
    await Promise.all([tickAlerts(alerting.deps), tickAlerts(alerting.deps)])
    expect(await alerting.rows()).toHaveLength(1)
    expect(await alerting.deps.alertLogs.page({}, 10)).toHaveLength(1)
  })

  test.each(['deleted', 'inactive'])('resolves the alerts of a partner that is %s', async (change) => {
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    if (change === 'deleted') await alerting.deps.partners.remove('acme')
    else await alerting.deps.partners.update('acme', 1, { isActive: false })
    alerting.wait(60)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue', 'slack: resolved acme deep-queue'])
    expect(await firing()).toBeUndefined()
  })

  test('fires when there was no snapshot for ten minutes, and resolves with the next', async () => {
    await alerting.capture('acme', 0)
    alerting.wait(599)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual([])
    alerting.wait(1)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme stale'])
    await pass(1)
    expect(alerting.sentNotices()).toContain('slack: resolved acme stale')
  })

  test('calls nothing stale that nobody watched, and watches for ten minutes from then on', async () => {
    await alerting.capture('acme', 0)
    alerting.wait(3 * 3600)
    for (let minute = 0; minute < 10; minute++) {
      await tickAndDispatch()
      alerting.wait(60)
    }
    expect(alerting.sentNotices()).toEqual([])
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme stale'])
  })

  test('calls a partner that is active again stale only after a snapshot', async () => {
    await alerting.capture('acme', 0)
    for (const isActive of [false, true]) {
      const { version } = (await alerting.deps.partners.find('acme')) ?? { version: 0 }
      await alerting.deps.partners.update('acme', version, { isActive, latest: null })
      for (let minute = 0; minute < 12; minute++) {
        alerting.wait(60)
        await tickAndDispatch()
      }
    }
    expect(alerting.sentNotices()).toEqual([])
  })

  test('escalates what nobody acknowledged since it was sent, not since it fired', async () => {
    await alerting.deps.channels.insert(channelDoc('boss', { isEscalation: true }))
    await alerting.deps.settings.write({ escalateCriticalAfterMinutes: 20 })
    await openWindow(['acme'], 30)
    await alerting.capture('acme', 200)
    for (let i = 0; i < 4; i++) await pass(10)
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue'])
    await dismissAlert(alerting.deps, ada, (await firing())?._id ?? '', { until: later(30), reason: 'known' })
    for (let i = 0; i < 4; i++) await pass(10)
    expect(alerting.sentNotices().slice(1)).toEqual(['slack: repeated acme deep-queue'])
    await pass(10)
    expect(alerting.sentNotices().slice(2)).toEqual(['boss: escalated acme deep-queue'])
  })

  test('repeats every hour what still fires, until somebody acknowledges it', async () => {
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    for (let i = 0; i < 12; i++) await pass(10)
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue', ...Array(2).fill('slack: repeated acme deep-queue')])
    await acknowledgeAlert(alerting.deps, ada, (await firing())?._id ?? '', 'I look')
    for (let i = 0; i < 12; i++) await pass(10)
    expect(alerting.sentNotices().slice(3)).toEqual(['slack: acknowledged acme deep-queue'])
    expect((await firing())?.events.at(-1)).toMatchObject({ type: 'acknowledged', by: 'Ada', note: 'I look' })
  })

  test('tells an alert again when its dismissal ends and it still fires', async () => {
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    await dismissAlert(alerting.deps, ada, (await firing())?._id ?? '', { until: later(120), reason: 'known' })
    for (let i = 0; i < 11; i++) await pass(10)
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue'])
    await pass(10)
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue', 'slack: repeated acme deep-queue'])
  })

  test('holds back what fires in a maintenance window, and tells it when the window ends while it fires', async () => {
    await openWindow(['acme'], 30)
    await alerting.capture('acme', 200)
    await pass(10)
    expect(alerting.sentNotices()).toEqual([])
    expect(await firing()).toMatchObject({ state: 'firing', ruleId: 'deep-queue' })
    await pass(20)
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue'])
  })

  test('says nothing of an alert that fired and resolved in a maintenance window, and keeps it', async () => {
    await openWindow(null, 30)
    await alerting.capture('acme', 200)
    alerting.wait(600)
    await alerting.capture('acme', 0)
    await tickAndDispatch()
    alerting.wait(1800)
    await alerting.capture('acme', 0)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual([])
    expect(await alerting.deps.alertLogs.page({}, 10)).toMatchObject([{ state: 'resolved', ruleId: 'deep-queue' }])
  })

  test('a window for one partner holds no other back', async () => {
    await alerting.addPartner('globex')
    await openWindow(['acme'], 30)
    await alerting.capture('acme', 200)
    await alerting.capture('globex', 200)
    await tickAndDispatch()
    expect(alerting.sentNotices()).toEqual(['slack: fired globex deep-queue'])
  })
})
