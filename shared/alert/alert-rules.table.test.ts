import { expect, test } from 'vitest'
import { type MetricName, type Metrics, metricNames } from '../snapshot/snapshot.ts'
import { defaultRules, matches } from './alert-rules.ts'

const none = Object.fromEntries(metricNames.map((name) => [name, 0])) as Metrics

/** Each rule in the midst of what it matches, and its thresholds: the metric, the last value that matches and the first that does not. */
const table: readonly { id: string; within: Partial<Metrics>; edges: readonly [metric: MetricName, last: number, first: number][] }[] = [
  {
    id: 'queue-high-utilization-low',
    within: { queuedCalls: 300, utilizationPercent: 15 },
    edges: [
      ['queuedCalls', 201, 200],
      ['utilizationPercent', 29.99, 30],
    ],
  },
  {
    id: 'capacity-exhausted',
    within: { activeCalls: 12, concurrencyLimit: 10, queuedCalls: 150 },
    edges: [
      ['activeCalls', 10, 9],
      ['concurrencyLimit', 12, 13],
      ['queuedCalls', 101, 100],
    ],
  },
  {
    id: 'campaigns-far-over-limit',
    within: { runningCampaigns: 60, concurrencyLimit: 5 },
    edges: [
      ['runningCampaigns', 51, 50],
      ['concurrencyLimit', 9, 10],
    ],
  },
  {
    id: 'queue-raised-utilization-low',
    within: { queuedCalls: 150, utilizationPercent: 20 },
    edges: [
      ['queuedCalls', 100, 99],
      ['queuedCalls', 200, 201],
      ['utilizationPercent', 39.99, 40],
    ],
  },
  {
    id: 'campaigns-over-limit',
    within: { runningCampaigns: 40, concurrencyLimit: 10 },
    edges: [
      ['runningCampaigns', 30, 29],
      ['runningCampaigns', 50, 51],
      ['concurrencyLimit', 14, 15],
    ],
  },
  {
    id: 'queue-growing',
    within: { queuedCalls: 75, utilizationPercent: 50 },
    edges: [
      ['queuedCalls', 50, 49],
      ['queuedCalls', 100, 101],
      ['utilizationPercent', 40, 39.99],
      ['utilizationPercent', 60, 60.01],
    ],
  },
  {
    id: 'campaigns-near-limit',
    within: { runningCampaigns: 20, concurrencyLimit: 10 },
    edges: [
      ['runningCampaigns', 15, 14],
      ['runningCampaigns', 30, 31],
      ['concurrencyLimit', 19, 20],
    ],
  },
]
const ruleOf = (id: string) => defaultRules.find((rule) => rule.id === id)!
const edges = table.flatMap(({ id, within, edges: list }) => list.map(([metric, last, first]) => ({ id, within, metric, last, first })))

test('the table has every rule, in order, and an edge for every condition', () => {
  expect(table.map((row) => row.id)).toEqual(defaultRules.map((rule) => rule.id))
  for (const { id, edges: list } of table) {
    const named = ruleOf(id).conditions.flatMap(({ metric, value }) => [metric, ...(typeof value === 'number' ? [] : [value.metric])])
    expect(list.map(([metric]) => metric).toSorted()).toEqual(named.toSorted())
  }
})

test.each(edges)('$id matches at $metric $last, and not at $first', ({ id, within, metric, last, first }) => {
  const metrics = { ...none, ...within }
  expect(matches(ruleOf(id), metrics)).toBe(true)
  expect(matches(ruleOf(id), { ...metrics, [metric]: last })).toBe(true)
  expect(matches(ruleOf(id), { ...metrics, [metric]: first })).toBe(false)
})
