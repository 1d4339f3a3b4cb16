import type { MetricName } from '../../../../../shared/snapshot/snapshot.ts'
import type { RuleView } from '../alert-views.ts'

type Condition = RuleView['conditions'][number]

export const metricWords: Record<MetricName, string> = {
  campaignsToday: 'campaigns created today',
  runningCampaigns: 'running campaigns',
  activeCalls: 'active calls',
  queuedCalls: 'queued calls',
  completedCallsToday: 'calls completed today',
  voicemailCount: 'voicemails today',
  customerEndedCount: 'calls ended by the customer today',
  remainingCalls: 'remaining calls',
  concurrencyLimit: 'concurrency limit',
  utilizationPercent: 'utilization',
  captureMs: 'capture time',
}

export const operatorSigns: Record<Condition['operator'], string> = { '<': '<', '<=': '≤', '=': '=', '>=': '≥', '>': '>' }

const units: Partial<Record<MetricName, string>> = { utilizationPercent: ' %', captureMs: ' ms' }

const describeCondition = ({ metric, operator, value }: Condition): string => {
  const right = typeof value === 'number' ? `${value.toLocaleString('en-US')}${units[metric] ?? ''}` : metricWords[value.metric]
  return `${metricWords[metric]} ${operatorSigns[operator]} ${right}`
}

/** When a rule matches, in words: `queued calls > 200 and utilization < 30 %`. */
export const describeConditions = (conditions: readonly Condition[]): string => conditions.map(describeCondition).join(' and ')

const inARow = (count: number) => (count === 1 ? 'one snapshot' : `${count} snapshots in a row`)

/** How long a rule must match before it fires, and not match before it resolves. */
export const describePatience = ({ for: matching, keepFor }: Pick<RuleView, 'for' | 'keepFor'>): string =>
  `fires after ${inARow(matching)}, resolves after ${inARow(keepFor)} without a match`
