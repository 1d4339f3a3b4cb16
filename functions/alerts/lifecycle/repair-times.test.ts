import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import { emptyState } from '../../../shared/alert/alert-state.ts'
import { dispatch } from '../delivery/dispatch.ts'
import { type Alerting, channelDoc, createAlerting } from './alerting-under-test.ts'
import { pullBack } from './repair-times.ts'
import { tickAlerts } from './tick-alerts.ts'

const threeHours = 3 * 3_600
const minute = 60

describe('a clock that was three hours ahead and is set right', () => {
  let database: TestDatabase
  let alerting: Alerting
  let audited: unknown[]
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    alerting = await createAlerting(database)
    audited = []
    alerting.deps.audit.record = async (...entry: unknown[]) => {
      audited.push(...entry)
    }
    await alerting.deps.channels.insert(channelDoc('slack'))
    await alerting.addPartner('acme')
  })
  const tick = async () => {
    await tickAlerts(alerting.deps)
    await dispatch(alerting.deps)
  }
  /** Alerts work while the clock is ahead; then it is set right. */
  const beAhead = async (queuedCalls: number) => {
    alerting.wait(threeHours)
    await alerting.capture('acme', queuedCalls)
    await tick()
    alerting.wait(-threeHours)
    await tick()
  }

  test('fires with the next capture, and is delivered', async () => {
    await beAhead(0)
    alerting.wait(minute)
    await alerting.capture('acme', 200)
    await tick()
    expect(alerting.sentNotices()).toEqual(['slack: fired acme deep-queue'])
  })

  test('resolves what fired with the next capture, and repeats in time what still fires', async () => {
    await beAhead(200)
    for (let minutes = 0; minutes < 61; minutes += 1) {
      alerting.wait(minute)
      await alerting.capture('acme', 200)
      await tick()
    }
    alerting.wait(minute)
    await alerting.capture('acme', 0)
    await tick()
    expect(alerting.sentNotices()).toEqual([
      'slack: fired acme deep-queue',
      'slack: repeated acme deep-queue',
      'slack: resolved acme deep-queue',
    ])
  })

  test('calls a partner stale that is not captured any more', async () => {
    await beAhead(0)
    for (let minutes = 0; minutes < 11; minutes += 1) {
      alerting.wait(minute)
      await tick()
    }
    expect(alerting.sentNotices()).toEqual(['slack: fired acme stale'])
  })

  test('says once what was repaired', async () => {
    await beAhead(200)
    await tick()
    expect(audited).toMatchObject([{ actor: 'system', action: 'clock.repair', after: { subjects: 2, channels: 1 } }])
  })

  test('lets a channel wait for as long as its receiver asked, while the clock is right', async () => {
    const nextSendAt = new Date(alerting.deps.now().getTime() + threeHours * 1000)
    await alerting.deps.channels.insert(
      channelDoc('busy', { dispatch: { leasedUntil: new Date(0), leaseId: null, nextSendAt, failures: 1 } }),
    )
    await tick()
    expect((await alerting.deps.channels.find('busy'))?.dispatch.nextSendAt).toEqual(nextSendAt)
    expect(audited).toEqual([])
  })
})

test('what is in the past, and the end of a dismissal, stay as they are', () => {
  const [past, now, ahead] = [new Date(1_000), new Date(2_000), new Date(3_000)]
  const alert = {
    ...({ id: 'a1', ruleId: 'deep-queue', level: 'CRITICAL', message: '', events: 1, inhibitedBy: null, acknowledged: null } as const),
    ...{ firedAt: past, notifiedAt: ahead, lastNotifiedAt: ahead, escalatedAt: null },
    dismissed: { at: past, by: 'Ada', reason: 'known', until: ahead },
  }
  const state = { ...emptyState, lastObservedAt: ahead, lastSnapshotAt: past, open: { 'deep-queue': alert } }
  expect(pullBack(state, now)).toEqual({
    ...state,
    lastObservedAt: now,
    open: { 'deep-queue': { ...alert, notifiedAt: now, lastNotifiedAt: now } },
  })
})
