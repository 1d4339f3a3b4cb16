import type { Metrics } from '../../shared/snapshot/snapshot.ts'

/** A row of the snapshot's statement. */
export type SnapshotRow = Record<string, unknown>

/** `1`, `true` or `yes`, in any case and with spaces around it. */
const isOn = (setting: unknown) => typeof setting === 'string' && /^\s*(1|true|yes)\s*$/i.test(setting)

/** A whole number of at least 0 with spaces around it; `null` for anything else. */
const wholeNumber = (setting: unknown): number | null => {
  if (typeof setting !== 'string' || !/^\s*\d+\s*$/.test(setting)) return null
  const value = Number(setting)
  return Number.isSafeInteger(value) ? value : null
}

const utilization = (active: number, limit: number) => (limit === 0 ? 0 : Math.round((active / limit) * 10_000) / 100)

/** Reads a row into metrics. `limitSetting` is the partner's own `callConcurrency` where that is usable; else `recordLimit` holds. */
export const readMetrics = (
  row: SnapshotRow,
  recordLimit: number,
): { metrics: Omit<Metrics, 'captureMs'>; pauseAllCampaigns: boolean; limitSetting: number | null } => {
  const count = (name: string) => Number(row[name] ?? 0)
  const limitSetting = wholeNumber(row['callConcurrency'])
  const concurrencyLimit = limitSetting ?? recordLimit
  const activeCalls = count('activeCalls')
  return {
    metrics: {
      campaignsToday: count('campaignsToday'),
      runningCampaigns: count('runningCampaigns'),
      activeCalls,
      queuedCalls: count('queuedCalls'),
      completedCallsToday: count('completedCallsToday'),
      voicemailCount: count('voicemailCount'),
      customerEndedCount: count('customerEndedCount'),
      remainingCalls: count('remainingCalls'),
      concurrencyLimit,
      utilizationPercent: utilization(activeCalls, concurrencyLimit),
    },
    pauseAllCampaigns: isOn(row['pauseAllCampaigns']),
    limitSetting,
  }
}
