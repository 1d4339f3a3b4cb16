import { expect, test } from 'vitest'
import { defaultRules } from '../../../../../shared/alert/alert-rules.ts'
import { metricNames } from '../../../../../shared/snapshot/snapshot.ts'
import { describeConditions, describePatience, metricWords } from './describe-rule.ts'

const words = (id: string) => describeConditions(defaultRules.find((rule) => rule.id === id)?.conditions ?? [])

test('conditions are read as they are said, with units', () => {
  expect(words('queue-high-utilization-low')).toBe('queued calls > 200 and utilization < 30 %')
  expect(words('campaigns-over-limit')).toBe('running campaigns ≥ 30 and running campaigns ≤ 50 and concurrency limit < 15')
})

test('a metric that is compared with another has no number', () => {
  expect(words('capacity-exhausted')).toBe('active calls ≥ concurrency limit and queued calls > 100')
})

test('large numbers and milliseconds can be read', () => {
  expect(describeConditions([{ metric: 'captureMs', operator: '>=', value: 12_000 }])).toBe('capture time ≥ 12,000 ms')
})

test('says how many snapshots it takes, also when it is one', () => {
  expect(describePatience({ for: 1, keepFor: 2 })).toBe('fires after one snapshot, resolves after 2 snapshots in a row without a match')
  expect(describePatience({ for: 3, keepFor: 1 })).toBe('fires after 3 snapshots in a row, resolves after one snapshot without a match')
})

test('every metric has words of its own', () => {
  expect(new Set(Object.values(metricWords)).size).toBe(metricNames.length)
})
