import { evaluate } from '../../functions/alerts/lifecycle/evaluate.ts'
import type { FiringRule } from '../../shared/alert/alert-rules.ts'
import { emptyState } from '../../shared/alert/alert-state.ts'
import { type MetricName, type Metrics, metricNames } from '../../shared/snapshot/snapshot.ts'
import { type Benchmark, inMs } from './figure.ts'
import { median } from './median.ts'

const partners = 1_000
const rules = 50
const rounds = 50
const budgetMs = 50

const ruleAt = (n: number): FiringRule => ({
  id: `rule-${n}`,
  level: 'HIGH',
  conditions: [
    { metric: 'queuedCalls', operator: '>', value: n * 20 },
    { metric: 'utilizationPercent', operator: '<', value: 100 - n },
  ],
  message: '{queuedCalls} calls wait at {utilizationPercent} %',
  for: 2,
  keepFor: 2,
  isOn: true,
})

const metricsOf = (partner: number, round: number): Metrics => {
  const values = metricNames.map((name, index): [MetricName, number] => [name, (partner * 7 + round * 13 + index) % 100])
  return { ...(Object.fromEntries(values) as Metrics), queuedCalls: (partner * 31 + round * 17) % 400 }
}

export const evaluateAlerts: Benchmark = {
  name: 'alerts',
  run: async () => {
    const context = {
      rules: Array.from({ length: rules }, (_, n) => ruleAt(n)),
      staleAfterMinutes: 10,
      repeatIntervalMinutes: 60,
      escalateAfterMinutes: { CRITICAL: null, HIGH: null, MEDIUM: null },
      inMaintenance: false,
      fleetFires: false,
      watchedSince: null,
      newId: () => crypto.randomUUID(),
    }
    let states = Array.from({ length: partners }, () => emptyState)
    const times = Array.from({ length: rounds }, (_, round) => {
      const at = new Date(Date.UTC(2026, 0, 1) + round * 60_000)
      const observed = states.map((_, partner) => ({ kind: 'snapshot', at, metrics: metricsOf(partner, round) }) as const)
      const startedAt = performance.now()
      states = states.map((state, partner) => evaluate(state, observed[partner] ?? { kind: 'tick', at }, context).state)
      return performance.now() - startedAt
    })
    const ms = median(times)
    return [
      {
        what: `evaluation of ${partners} partners against ${rules} rules`,
        figure: inMs(ms),
        budget: `≤ ${budgetMs} ms`,
        met: ms <= budgetMs,
      },
    ]
  },
}
