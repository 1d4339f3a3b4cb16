/** The numbers of a snapshot, in the order that charts and tables use. */
export const metricNames = [
  'campaignsToday',
  'runningCampaigns',
  'activeCalls',
  'queuedCalls',
  'completedCallsToday',
  'voicemailCount',
  'customerEndedCount',
  'remainingCalls',
  'concurrencyLimit',
  'utilizationPercent',
  'captureMs',
] as const

export type MetricName = (typeof metricNames)[number]
export type Metrics = Record<MetricName, number>

/** The levels of rules and alerts, worst first. */
export const firingLevels = ['CRITICAL', 'HIGH', 'MEDIUM'] as const
export type FiringLevel = (typeof firingLevels)[number]

/** Firing levels come from rules; `IDLE`: nothing runs, calls or waits; `NORMAL`: everything else. */
export const alertLevels = [...firingLevels, 'IDLE', 'NORMAL'] as const
export type AlertLevel = (typeof alertLevels)[number]

/** One capture of a partner that worked. `captureMs`: how long it took; `utilizationPercent`: 0 to any, two decimals. */
export type Snapshot = Metrics & {
  snapshotTime: Date
  /** When the remaining calls were counted, where that was earlier: counting them can be too costly for each capture. */
  remainingCallsAt?: Date
  pauseAllCampaigns: boolean
  alertLevel: AlertLevel
  alertMessage: string
}
