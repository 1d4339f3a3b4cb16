import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import type { PartnerState } from '../../shared/partner/partner-state.ts'
import { partnerView } from '../../shared/partner/partner-view.ts'
import { clockToleranceMs, type Settings } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/snapshot/snapshot.ts'
import { snapshotView } from '../../shared/snapshot/snapshot-view.ts'
import type { Dashboard, FiringAlert } from './schema.ts'

/** What fires: how many alerts, also by level, and the most severe and newest of them. */
export type Firing = { count: number; byLevel: { critical: number; high: number; medium: number }; alerts: FiringAlert[] }

/** So many failed captures in a row show a partner as offline. */
const offlineAfterFailures = 3
/** Numbers older than so many capture intervals are not current. */
const currentIntervals = 3

const stateOf = (partner: PartnerDoc, now: Date, captureIntervalSeconds: number): PartnerState => {
  const { isActive, sync, latest } = partner
  if (!isActive) return 'inactive'
  if (sync.consecutiveFailures >= offlineAfterFailures) return 'error'
  if (sync.consecutiveFailures > 0) return 'failing'
  if (!latest) return 'never'
  const ageMs = now.getTime() - latest.snapshotTime.getTime()
  // Numbers of the future were taken while the clock was wrong: nobody knows how old they are.
  return ageMs > currentIntervals * captureIntervalSeconds * 1000 || ageMs < -clockToleranceMs ? 'stale' : 'ok'
}

const summed = ['campaignsToday', 'runningCampaigns', 'activeCalls', 'queuedCalls', 'completedCallsToday', 'remainingCalls'] as const

const totals = (covered: readonly Snapshot[]) =>
  Object.fromEntries(summed.map((name) => [name, covered.reduce((sum, snapshot) => sum + snapshot[name], 0)])) as Record<
    (typeof summed)[number],
    number
  >

const oldestHeld = (covered: readonly Snapshot[]): string | null => {
  const times = covered.flatMap(({ remainingCallsAt }) => remainingCallsAt?.getTime() ?? [])
  return times.length === 0 ? null : new Date(times.reduce((oldest, time) => Math.min(oldest, time))).toISOString()
}

const average = (values: readonly number[]) =>
  values.length === 0 ? 0 : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100

/** The dashboard of the fleet. Totals are over the partners whose numbers are younger than three capture intervals, and say how many those are. */
export const buildDashboard = (
  partners: readonly PartnerDoc[],
  settings: Pick<Settings, 'captureIntervalSeconds'>,
  firing: Firing,
  now: Date,
): Dashboard => {
  const rows = partners.map((partner) => ({ partner, state: stateOf(partner, now, settings.captureIntervalSeconds) }))
  const covered = rows.flatMap(({ partner, state }) => (state === 'ok' && partner.latest ? [partner.latest] : []))
  return {
    overview: {
      ...totals(covered),
      remainingCallsAt: oldestHeld(covered),
      totalPartners: partners.length,
      activePartners: partners.filter((partner) => partner.isActive).length,
      coveredPartners: covered.length,
      avgUtilization: average(covered.map((snapshot) => snapshot.utilizationPercent)),
      lastUpdated: now.toISOString(),
    },
    alerts: {
      ...firing.byLevel,
      offline: rows.filter(({ state }) => state === 'error').length,
    },
    firing: { count: firing.count, alerts: firing.alerts },
    partners: rows.map(({ partner, state }) => ({
      partner: partnerView(partner),
      state,
      snapshot: partner.latest && snapshotView(partner.latest),
      trend: partner.trend,
    })),
  }
}
