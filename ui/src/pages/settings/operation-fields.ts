import type { Settings } from '../../../../shared/settings.ts'

/** What is a number among the operational values. */
export type NumberSetting = Exclude<keyof Settings, 'heartbeatUrl' | 'allowedNetworks'>
type Field = { name: NumberSetting; label: string; unit: string; effect: string }

/** The operational values, in groups, with what each does. Their bounds and defaults are the schema's. */
export const operationFields: readonly { group: string; fields: readonly Field[] }[] = [
  {
    group: 'Captures',
    fields: [
      {
        name: 'captureIntervalSeconds',
        label: 'Capture interval',
        unit: 'seconds',
        effect: 'Every active partner is captured once per interval. Numbers older than three intervals are stale and not in the totals.',
      },
      {
        name: 'concurrentPartnerLimit',
        label: 'Captures at once',
        unit: 'partners',
        effect: 'Per process. A higher number finishes a sweep sooner, but needs more memory and connections.',
      },
      {
        name: 'staleAfterMinutes',
        label: 'Alert without a snapshot after',
        unit: 'minutes',
        effect: 'An alert fires for a partner without a successful capture for this long.',
      },
    ],
  },
  {
    group: 'Time limits of a connection',
    fields: [
      { name: 'sshConnectTimeoutMs', label: 'SSH connection', unit: 'ms', effect: 'To reach the server and read its host key.' },
      { name: 'sshAuthTimeoutMs', label: 'SSH sign-in', unit: 'ms', effect: 'To sign in to the SSH server.' },
      { name: 'tunnelTimeoutMs', label: 'Tunnel', unit: 'ms', effect: 'To open the tunnel to the database.' },
      { name: 'dbConnectTimeoutMs', label: 'Database sign-in', unit: 'ms', effect: 'To sign in to the database through the tunnel.' },
      {
        name: 'queryTimeoutMs',
        label: 'Query',
        unit: 'ms',
        effect: 'For all metrics of a snapshot. The database cancels a slower query itself.',
      },
    ],
  },
  {
    group: 'How long history is kept',
    fields: [
      { name: 'rawRetentionDays', label: 'Single captures', unit: 'days', effect: 'After that, charts show 5-minute rollups.' },
      { name: 'fiveMinuteRetentionDays', label: '5-minute rollups', unit: 'days', effect: 'After that, charts show hourly rollups.' },
      { name: 'hourlyRetentionDays', label: 'Hourly rollups', unit: 'days', effect: 'After that, they are deleted.' },
      {
        name: 'connectionLogRetentionDays',
        label: 'Connection log',
        unit: 'days',
        effect: 'Every attempt to reach a partner, with its stages.',
      },
    ],
  },
  {
    group: 'Alerts',
    fields: [
      {
        name: 'repeatIntervalMinutes',
        label: 'Repeat every',
        unit: 'minutes',
        effect: 'A firing alert that nobody acknowledged is sent again after this time.',
      },
      {
        name: 'escalateCriticalAfterMinutes',
        label: 'Escalate critical alerts after',
        unit: 'minutes',
        effect: 'If nobody acknowledges the alert by then, the escalation channels are notified. 0: never.',
      },
      { name: 'escalateHighAfterMinutes', label: 'Escalate high alerts after', unit: 'minutes', effect: '0: never.' },
      { name: 'escalateMediumAfterMinutes', label: 'Escalate medium alerts after', unit: 'minutes', effect: '0: never.' },
    ],
  },
]
