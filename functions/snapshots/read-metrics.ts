import type { Metrics } from '../../shared/snapshot/snapshot.ts'

/** A row of the snapshot's statement. */
export type SnapshotRow = Record<string, unknown>

/** A setting as text, whatever the type of its column: text, a number, JSON (a JSON text is quoted), or bytes. `''` for anything else. */
const textOf = (setting: unknown): string => {
  if (setting instanceof Uint8Array) return textOf(new TextDecoder().decode(setting))
  if (typeof setting === 'string')
    return setting
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .trim()
  return typeof setting === 'number' || typeof setting === 'boolean' || typeof setting === 'bigint' ? String(setting) : ''
}

/** `1`, `true` or `yes`, in any case and with spaces around it. */
const isOn = (setting: unknown) => /^(1|true|yes)$/i.test(textOf(setting))

/** A whole number of at least 0 with spaces around it; `null` for anything else. */
const wholeNumber = (setting: unknown): number | null => {
  const text = textOf(setting)
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : null
}

const utilization = (active: number, limit: number) => (limit === 0 ? 0 : Math.round((active / limit) * 10_000) / 100)

/** Reads a row into metrics. `limitSetting` is the partner's own `callConcurrency` where that is usable; else `recordLimit` holds. `heldRemaining`: of a row without the remaining calls. */
export const readMetrics = (
  row: SnapshotRow,
  recordLimit: number,
  heldRemaining?: number,
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
      remainingCalls: heldRemaining ?? count('remainingCalls'),
      concurrencyLimit,
      utilizationPercent: utilization(activeCalls, concurrencyLimit),
    },
    pauseAllCampaigns: isOn(row['pauseAllCampaigns']),
    limitSetting,
  }
}
