import { describe, expect, test } from 'vitest'
import { type Metrics, metricNames } from '../snapshot/snapshot.ts'
import { type AlertRule, defaultRules, levelOf } from './alert-rules.ts'

const none = Object.fromEntries(metricNames.map((name) => [name, 0])) as Metrics

/** Nothing of note: a few campaigns, half of the lines busy, nobody waits. */
const metricsWith = (changes: { running?: number; active?: number; queued?: number; limit?: number; utilization?: number }): Metrics => ({
  ...none,
  runningCampaigns: changes.running ?? 5,
  activeCalls: changes.active ?? 5,
  queuedCalls: changes.queued ?? 0,
  concurrencyLimit: changes.limit ?? 50,
  utilizationPercent: changes.utilization ?? 50,
})

const cases: [rule: string, changes: Parameters<typeof metricsWith>[0], level: string][] = [
  ['queued > 200 and utilization < 30', { queued: 201, utilization: 29.99 }, 'CRITICAL'],
  ['queued > 200 and utilization < 30', { queued: 200, utilization: 29.99 }, 'HIGH'],
  ['queued > 200 and utilization < 30', { queued: 201, utilization: 30 }, 'NORMAL'],
  ['active ≥ limit and queued > 100', { active: 50, queued: 101, utilization: 100 }, 'CRITICAL'],
  ['active ≥ limit and queued > 100', { active: 51, queued: 101, utilization: 102 }, 'CRITICAL'],
  ['active ≥ limit and queued > 100', { active: 49, queued: 101, utilization: 98 }, 'NORMAL'],
  ['active ≥ limit and queued > 100', { active: 50, queued: 100, utilization: 100 }, 'NORMAL'],
  ['running > 50 and limit < 10', { running: 51, limit: 9 }, 'CRITICAL'],
  ['running > 50 and limit < 10', { running: 50, limit: 9 }, 'HIGH'],
  ['running > 50 and limit < 10', { running: 51, limit: 10 }, 'NORMAL'],
  ['100 ≤ queued ≤ 200 and utilization < 40', { queued: 100, utilization: 39.99 }, 'HIGH'],
  ['100 ≤ queued ≤ 200 and utilization < 40', { queued: 99, utilization: 39.99 }, 'NORMAL'],
  ['100 ≤ queued ≤ 200 and utilization < 40', { queued: 200, utilization: 39.99 }, 'HIGH'],
  ['100 ≤ queued ≤ 200 and utilization < 40', { queued: 201, utilization: 39.99 }, 'NORMAL'],
  ['100 ≤ queued ≤ 200 and utilization < 40', { queued: 101, utilization: 40 }, 'NORMAL'],
  ['30 ≤ running ≤ 50 and limit < 15', { running: 30, limit: 14 }, 'HIGH'],
  ['30 ≤ running ≤ 50 and limit < 15', { running: 29, limit: 14 }, 'MEDIUM'],
  ['30 ≤ running ≤ 50 and limit < 15', { running: 50, limit: 14 }, 'HIGH'],
  ['30 ≤ running ≤ 50 and limit < 15', { running: 51, limit: 14 }, 'NORMAL'],
  ['30 ≤ running ≤ 50 and limit < 15', { running: 31, limit: 15 }, 'NORMAL'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 50, utilization: 40 }, 'MEDIUM'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 49, utilization: 40 }, 'NORMAL'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 50, utilization: 39.99 }, 'NORMAL'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 100, utilization: 60 }, 'MEDIUM'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 101, utilization: 60 }, 'NORMAL'],
  ['50 ≤ queued ≤ 100 and 40 ≤ utilization ≤ 60', { queued: 100, utilization: 60.01 }, 'NORMAL'],
  ['15 ≤ running ≤ 30 and limit < 20', { running: 15, limit: 19 }, 'MEDIUM'],
  ['15 ≤ running ≤ 30 and limit < 20', { running: 14, limit: 19 }, 'NORMAL'],
  ['15 ≤ running ≤ 30 and limit < 20', { running: 30, limit: 19 }, 'MEDIUM'],
  ['15 ≤ running ≤ 30 and limit < 20', { running: 31, limit: 19 }, 'NORMAL'],
  ['15 ≤ running ≤ 30 and limit < 20', { running: 15, limit: 20 }, 'NORMAL'],
  ['running, active and queued are all 0', { running: 0, active: 0, queued: 0, utilization: 0 }, 'IDLE'],
  ['running, active and queued are all 0', { running: 0, active: 0, queued: 0, limit: 0, utilization: 0 }, 'IDLE'],
  ['running, active and queued are all 0', { running: 1, active: 0, queued: 0, utilization: 0 }, 'NORMAL'],
  ['running, active and queued are all 0', { running: 0, active: 1, queued: 0, utilization: 2 }, 'NORMAL'],
  ['running, active and queued are all 0', { running: 0, active: 0, queued: 1, utilization: 0 }, 'NORMAL'],
  ['otherwise', {}, 'NORMAL'],
]

test.each(cases)('%s: %o is %s', (_rule, changes, level) => {
  expect(levelOf(metricsWith(changes)).alertLevel).toBe(level)
})

describe('the first rule that matches sets the level', () => {
  test('where a critical one and a lower one hold at once', () => {
    expect(levelOf(metricsWith({ running: 30, limit: 14, active: 14, queued: 101, utilization: 100 })).alertLevel).toBe('CRITICAL')
    expect(levelOf(metricsWith({ running: 30, limit: 14, queued: 100, utilization: 40 })).alertLevel).toBe('HIGH')
  })

  test('at 100 calls waiting, which utilization divides between HIGH and MEDIUM', () => {
    expect(levelOf(metricsWith({ queued: 100, utilization: 39.99 })).alertLevel).toBe('HIGH')
    expect(levelOf(metricsWith({ queued: 100, utilization: 40 })).alertLevel).toBe('MEDIUM')
  })

  test('in the order that the rules are given', () => {
    const always = (id: string, level: AlertRule['level']): AlertRule => ({ ...defaultRules[0]!, id, level, conditions: [], message: id })
    expect(levelOf(none, [always('first', 'MEDIUM'), always('second', 'CRITICAL')])).toEqual({
      alertLevel: 'MEDIUM',
      alertMessage: 'first',
    })
  })
})

test('writes the numbers into the message, and none for NORMAL', () => {
  expect(levelOf(metricsWith({ queued: 250, utilization: 12.5 })).alertMessage).toBe(
    '250 calls wait while only 12.5 % of the capacity is used',
  )
  expect(levelOf(metricsWith({}))).toEqual({ alertLevel: 'NORMAL', alertMessage: '' })
})
