import { expect, test } from 'vitest'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { metricNames, type Snapshot } from '../../shared/snapshot/snapshot.ts'
import { buildDashboard } from './build-dashboard.ts'
import { Dashboard } from './schema.ts'

const now = new Date('2026-03-02T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const settings = { captureIntervalSeconds: 60 }

const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  ...(Object.fromEntries(metricNames.map((name, index) => [name, index + 1])) as Record<(typeof metricNames)[number], number>),
  snapshotTime: minutesAgo(1),
  pauseAllCampaigns: false,
  alertLevel: 'NORMAL',
  alertMessage: '',
  ...changes,
})
const lastError = { reason: 'refused', stage: 'ssh-connect', message: 'refused', at: minutesAgo(1) }
const partner = (name: string, changes: Partial<PartnerDoc> = {}, failures = 0): PartnerDoc => ({
  _id: name,
  partnerName: name,
  nameKey: name,
  tenantId: 0,
  timezone: 'America/New_York',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  db: { type: 'mysql', host: 'db', port: 3306, name: 'db', username: 'reader', password: 'v1:sealed-db' },
  ssh: {
    ...{ enabled: true, host: 'ssh', port: 22, username: 'ops', password: 'v1:sealed-ssh', privateKey: null, passphrase: null },
    ...{ hostKey: null, trustOnFirstUse: false, presentedHostKey: null },
  },
  sync: {
    status: failures ? 'FAILED' : 'SUCCESS',
    lastSyncAt: null,
    lastError: failures ? lastError : null,
    consecutiveFailures: failures,
  },
  schedule: { dueAt: now, leasedUntil: new Date(0), leaseId: null },
  latest: snapshot(),
  trend: [],
  version: 1,
  createdAt: now,
  updatedAt: now,
  ...changes,
})
const alert = {
  id: 'a1',
  partnerId: 'a',
  partnerName: 'Acme',
  ruleId: 'ssh-down',
  level: 'HIGH',
  message: 'Not reached.',
  firedAt: now.toISOString(),
  acknowledged: null,
  dismissed: null,
  inhibitedBy: null,
  maintenance: null,
} as const
const firing = { count: 6, byLevel: { critical: 2, high: 1, medium: 3 }, alerts: [alert] }
const build = (...partners: PartnerDoc[]) => buildDashboard(partners, settings, firing, now)

test.each([
  ['a fresh snapshot', partner('a'), 'ok'],
  ['the last capture failed', partner('a', {}, 1), 'failing'],
  ['two failed in a row', partner('a', {}, 2), 'failing'],
  ['three failed in a row', partner('a', {}, 3), 'error'],
  ['never captured', partner('a', { latest: null }), 'never'],
  ['never captured, and three failed', partner('a', { latest: null }, 3), 'error'],
  ['a snapshot exactly three intervals old', partner('a', { latest: snapshot({ snapshotTime: minutesAgo(3) }) }), 'ok'],
  [
    'a snapshot older than three intervals',
    partner('a', { latest: snapshot({ snapshotTime: new Date(minutesAgo(3).getTime() - 1) }) }),
    'stale',
  ],
  ['a snapshot of a clock that is a minute ahead', partner('a', { latest: snapshot({ snapshotTime: minutesAgo(-1) }) }), 'ok'],
  ['a snapshot of the future', partner('a', { latest: snapshot({ snapshotTime: minutesAgo(-180) }) }), 'stale'],
  ['switched off', partner('a', { isActive: false }, 3), 'inactive'],
] as const)('%s: %3$s', (_case, doc, state) => {
  expect(build(doc).partners[0]?.state).toBe(state)
})

test('the total of the remaining calls says how old the oldest number in it is, where one is not counted at each capture', () => {
  const remainingCallsAt = minutesAgo(5)
  const { overview, partners } = build(partner('a'), partner('b', { latest: snapshot({ remainingCallsAt }) }))
  expect(overview.remainingCallsAt).toBe(remainingCallsAt.toISOString())
  expect(partners.map((row) => row.snapshot?.remainingCallsAt)).toEqual([minutesAgo(1), minutesAgo(5)].map((at) => at.toISOString()))
})

test('totals are those of the partners whose numbers are known now, and say how many these are', () => {
  const { overview } = build(
    partner('one', { latest: snapshot({ activeCalls: 3, queuedCalls: 40, utilizationPercent: 33.33 }) }),
    partner('two', { latest: snapshot({ activeCalls: 4, queuedCalls: 2, utilizationPercent: 50 }) }),
    partner('failing', { latest: snapshot({ activeCalls: 100 }) }, 1),
    partner('stale', { latest: snapshot({ activeCalls: 100, snapshotTime: minutesAgo(4) }) }),
    partner('inactive', { isActive: false, latest: snapshot({ activeCalls: 100 }) }),
    partner('never', { latest: null }),
  )
  expect(overview).toEqual({
    campaignsToday: 2,
    runningCampaigns: 4,
    activeCalls: 7,
    queuedCalls: 42,
    completedCallsToday: 10,
    remainingCalls: 16,
    remainingCallsAt: null,
    totalPartners: 6,
    activePartners: 5,
    coveredPartners: 2,
    avgUtilization: 41.67,
    lastUpdated: now.toISOString(),
  })
})

test('unknown is never zero: a partner that was never captured has no numbers, a failing one its last with their time', () => {
  const [never, failing] = build(partner('never', { latest: null }), partner('failing', { trend: [[1, null]] }, 2)).partners
  expect(never).toMatchObject({ state: 'never', snapshot: null })
  expect(failing).toMatchObject({
    state: 'failing',
    snapshot: { activeCalls: 3, snapshotTime: minutesAgo(1).toISOString() },
    trend: [[1, null]],
    partner: { sync: { lastError: { reason: 'refused' }, consecutiveFailures: 2 } },
  })
})

test('a fleet of nobody covers nobody', () => {
  expect(build().overview).toMatchObject({ totalPartners: 0, activePartners: 0, coveredPartners: 0, avgUtilization: 0 })
})

test('alerts are those that fire; the active partners with three failures in a row are offline', () => {
  const dashboard = build(
    partner('failing', {}, 2),
    partner('offline', {}, 3),
    partner('long offline', { latest: null }, 30),
    partner('inactive', { isActive: false }, 3),
  )
  expect(dashboard.alerts).toEqual({ critical: 2, high: 1, medium: 3, offline: 2 })
  expect(dashboard.firing).toEqual({ count: 6, alerts: [alert] })
})

test('holds no secret, sealed or not, and fits its schema', () => {
  const text = JSON.stringify(build(partner('a'), partner('b', { latest: null }, 3)))
  expect(text).not.toContain('sealed')
  expect(Dashboard.safeParse(JSON.parse(text)).error).toBeUndefined()
})
