import { type AlertLevel, type FiringLevel, firingLevels, type MetricName, type Metrics } from '../snapshot/snapshot.ts'

/** How a condition compares its metric with a value or with another metric. */
type Operator = '<' | '<=' | '=' | '>=' | '>'
type Condition = { metric: MetricName; operator: Operator; value: number | { metric: MetricName } }

/** All conditions must hold. `message` may name metrics in braces: `{queuedCalls} calls wait`. */
export type AlertRule = { id: string; level: AlertLevel; conditions: readonly Condition[]; message: string }

const when = (metric: MetricName, operator: Operator, value: Condition['value']): Condition => ({ metric, operator, value })

/** A rule as alerts use it: how many snapshots in a row must match before it fires, and not match before it resolves. */
export type FiringRule = AlertRule & { level: FiringLevel; for: number; keepFor: number; isOn: boolean }

/** The rules that come with the product, in order: the first that matches sets a snapshot's level. */
export const defaultRules: readonly AlertRule[] = [
  {
    id: 'queue-high-utilization-low',
    level: 'CRITICAL',
    conditions: [when('queuedCalls', '>', 200), when('utilizationPercent', '<', 30)],
    message: '{queuedCalls} calls wait while only {utilizationPercent} % of the capacity is used',
  },
  {
    id: 'capacity-exhausted',
    level: 'CRITICAL',
    conditions: [when('activeCalls', '>=', { metric: 'concurrencyLimit' }), when('queuedCalls', '>', 100)],
    message: 'All {concurrencyLimit} lines are busy and {queuedCalls} calls wait',
  },
  {
    id: 'campaigns-far-over-limit',
    level: 'CRITICAL',
    conditions: [when('runningCampaigns', '>', 50), when('concurrencyLimit', '<', 10)],
    message: '{runningCampaigns} campaigns share {concurrencyLimit} lines',
  },
  {
    id: 'queue-raised-utilization-low',
    level: 'HIGH',
    conditions: [when('queuedCalls', '>=', 100), when('queuedCalls', '<=', 200), when('utilizationPercent', '<', 40)],
    message: '{queuedCalls} calls wait at {utilizationPercent} % utilization',
  },
  {
    id: 'campaigns-over-limit',
    level: 'HIGH',
    conditions: [when('runningCampaigns', '>=', 30), when('runningCampaigns', '<=', 50), when('concurrencyLimit', '<', 15)],
    message: '{runningCampaigns} campaigns share {concurrencyLimit} lines',
  },
  {
    id: 'queue-growing',
    level: 'MEDIUM',
    conditions: [
      when('queuedCalls', '>=', 50),
      when('queuedCalls', '<=', 100),
      when('utilizationPercent', '>=', 40),
      when('utilizationPercent', '<=', 60),
    ],
    message: '{queuedCalls} calls wait at {utilizationPercent} % utilization',
  },
  {
    id: 'campaigns-near-limit',
    level: 'MEDIUM',
    conditions: [when('runningCampaigns', '>=', 15), when('runningCampaigns', '<=', 30), when('concurrencyLimit', '<', 20)],
    message: '{runningCampaigns} campaigns share {concurrencyLimit} lines',
  },
]

const firesAt = (rule: AlertRule): FiringLevel | undefined => firingLevels.find((level) => level === rule.level)

/** The default rules as alerts use them: they fire at the first snapshot that matches and resolve at the second in a row that does not. */
export const defaultFiringRules: readonly FiringRule[] = defaultRules.flatMap((rule) => {
  const level = firesAt(rule)
  return level ? [{ ...rule, level, for: 1, keepFor: 2, isOn: true }] : []
})

/** Nothing runs, calls or waits. It sets a level and never fires. */
export const idleRule: AlertRule = {
  id: 'idle',
  level: 'IDLE',
  conditions: [when('runningCampaigns', '=', 0), when('activeCalls', '=', 0), when('queuedCalls', '=', 0)],
  message: 'Nothing runs',
}

const compare: Record<Operator, (left: number, right: number) => boolean> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '=': (left, right) => left === right,
  '>=': (left, right) => left >= right,
  '>': (left, right) => left > right,
}

/** Whether every condition of `rule` holds for `metrics`. */
export const matches = (rule: AlertRule, metrics: Metrics): boolean =>
  rule.conditions.every(({ metric, operator, value }) =>
    compare[operator](metrics[metric], typeof value === 'number' ? value : metrics[value.metric]),
  )

/** The rule's message with its metrics filled in. */
export const messageOf = (rule: AlertRule, metrics: Metrics): string =>
  rule.message.replace(/\{(\w+)\}/g, (whole, name: string) => String(metrics[name as MetricName] ?? whole))

/** Returns the level and message of the first of `rules` that matches, else `NORMAL` with an empty message. */
export const levelOf = (
  metrics: Metrics,
  rules: readonly AlertRule[] = [...defaultRules, idleRule],
): { alertLevel: AlertLevel; alertMessage: string } => {
  const rule = rules.find((candidate) => matches(candidate, metrics))
  return rule ? { alertLevel: rule.level, alertMessage: messageOf(rule, metrics) } : { alertLevel: 'NORMAL', alertMessage: '' }
}
