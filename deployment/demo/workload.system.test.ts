import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import { levelOf } from '../../shared/alert/alert-rules.ts'
import { createWorkload } from './workload.ts'
import { type WorkloadProfileName, workloadProfiles } from './workload-profiles.ts'
import { utcText } from './workload-tables.ts'

const startMs = Date.UTC(2026, 0, 5, 12)
const metricsOf = (database: DatabaseSync) => {
  const { sql, values } = snapshotStatement({ from: '2026-01-05 00:00:00', to: '2026-01-06 00:00:00' })
  return database.prepare(sql).get(...values)!
}
const live = (profile: WorkloadProfileName, seed: number) => {
  const database = new DatabaseSync(':memory:')
  return { database, workload: createWorkload(database, { seed, profile, startMs }) }
}
const levelNow = (database: DatabaseSync, profile: WorkloadProfileName) => {
  const { pauseAllCampaigns: _pause, callConcurrency: _limit, ...counts } = metricsOf(database) as Record<string, number>
  const { concurrencyLimit } = workloadProfiles[profile]
  const number = (name: string) => counts[name]!
  return levelOf({
    campaignsToday: number('campaignsToday'),
    runningCampaigns: number('runningCampaigns'),
    activeCalls: number('activeCalls'),
    queuedCalls: number('queuedCalls'),
    completedCallsToday: number('completedCallsToday'),
    voicemailCount: number('voicemailCount'),
    customerEndedCount: number('customerEndedCount'),
    remainingCalls: number('remainingCalls'),
    concurrencyLimit,
    utilizationPercent: (number('activeCalls') / concurrencyLimit) * 100,
    captureMs: 0,
  }).alertLevel
}

test('the same seed lives the same campaigns and calls, another seed does not', () => {
  const rows = (seed: number) => {
    const { database, workload } = live('busy', seed)
    for (let second = 1; second <= 300; second += 7) workload.advance(startMs + second * 1_000)
    return database.prepare('SELECT * FROM calls').all()
  }
  expect(rows(1)).toEqual(rows(1))
  expect(rows(1)).not.toEqual(rows(2))
})

test.each([
  ['steady', ['NORMAL']],
  ['busy', ['NORMAL']],
  ['idle', ['IDLE']],
] as const)('a partner with the profile %s stays at %s for an hour', (profile, levels) => {
  for (let seed = 0; seed < 3; seed += 1) {
    const { database, workload } = live(profile, seed)
    for (let second = 10; second <= 3_600; second += 10) {
      workload.advance(startMs + second * 1_000)
      expect(levels).toContain(levelNow(database, profile))
    }
  }
})

test('an overloaded partner is critical once it is ten minutes old, and stays so', () => {
  for (let seed = 0; seed < 3; seed += 1) {
    const { database, workload } = live('overloaded', seed)
    workload.advance(startMs + 600_000)
    for (let second = 600; second <= 3_600; second += 20) {
      workload.advance(startMs + second * 1_000)
      expect(levelNow(database, 'overloaded')).toBe('CRITICAL')
    }
  }
})

test("a busy partner's queue builds up and drains", () => {
  const { database, workload } = live('busy', 3)
  const depths: number[] = []
  for (let second = 5; second <= 900; second += 5) {
    workload.advance(startMs + second * 1_000)
    depths.push(Number(metricsOf(database)['queuedCalls']))
  }
  expect(Math.max(...depths.slice(60)) - Math.min(...depths.slice(60))).toBeGreaterThan(20)
})

test('calls never exceed the lines, and each belongs to a contact of its campaign', () => {
  const { database, workload } = live('busy', 4)
  for (let second = 1; second <= 600; second += 1) {
    workload.advance(startMs + second * 1_000)
    expect(metricsOf(database)['activeCalls']).toBeLessThanOrEqual(workloadProfiles.busy.concurrencyLimit)
  }
  const strays = 'SELECT COUNT(*) AS n FROM calls WHERE (campaignid, contactid) NOT IN (SELECT A, B FROM _campaigntocontact)'
  expect(database.prepare(strays).get()).toEqual({ n: 0 })
})

test('forgets what ended before the longest local day, and keeps the rest', () => {
  const { database, workload } = live('busy', 5)
  const hours = 30
  for (let minute = 1; minute <= hours * 60; minute += 1) workload.advance(startMs + minute * 60_000)
  const nowMs = startMs + hours * 3_600_000
  const oldest = database.prepare("SELECT MIN(updatedAt) AS at FROM calls WHERE status = 'ENDED'").get()!['at'] as string
  expect(oldest >= utcText(nowMs - 25 * 3_600_000)).toBe(true)
  expect(oldest < utcText(nowMs - 24 * 3_600_000)).toBe(true)
  for (const table of ['calls', 'campaigns', '_campaigntocontact', 'ats_submittals']) {
    expect(database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()!['n']).toBeLessThan(60_000)
  }
})

test('skips a long gap instead of living it second by second', () => {
  const { database, workload } = live('steady', 6)
  workload.advance(startMs + 60_000)
  workload.advance(startMs + 365 * 86_400_000)
  const calls = Number(database.prepare('SELECT COUNT(*) AS n FROM calls').get()!['n'])
  expect(calls).toBeGreaterThan(0)
  expect(calls).toBeLessThan(1_000)
})
