import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { renderDashboardTable } from './dashboard-table.ts'

const nowMs = Date.UTC(2026, 0, 5, 12)
const snapshot = {
  runningCampaigns: 8,
  activeCalls: 10,
  concurrencyLimit: 10,
  utilizationPercent: 100,
  queuedCalls: 240,
  completedCallsToday: 1_234,
  remainingCalls: 761,
  alertLevel: 'CRITICAL',
  snapshotTime: new Date(nowMs - 12_000).toISOString(),
}
const overview = { ...snapshot, activePartners: 3, coveredPartners: 1, avgUtilization: 71.25 }
const row = (partnerName: string, reason: string | null = null) => ({
  partner: { partnerName, sync: { lastError: reason === null ? null : { reason } } },
  snapshot,
})
const render = (partners: Parameters<typeof renderDashboardTable>[0]['partners'], colors = false) =>
  renderDashboardTable({ overview, partners }, { nowMs, colors }).split('\n')

test("shows a partner's numbers and the age of its last capture", () => {
  const cells = render([row('Summit Logistics')])[2]!
    .split('│')
    .map((cell) => cell.trim())
  expect(cells).toEqual(['Summit Logistics', 'CRITICAL', '8', '10/10', '100.0', '240', '1234', '761', '12 s ago'])
})

test('shows the reason instead of old numbers when the last capture failed', () => {
  const cells = render([row('Copper Ridge Jobs', 'host-key-changed')])[2]!
    .split('│')
    .map((cell) => cell.trim())
  expect(cells).toEqual(['Copper Ridge Jobs', 'ERROR', '-', '-', '-', '-', '-', '-', 'host-key-changed'])
})

test('shows no number, not zero, for a partner that was never captured', () => {
  const cells = render([{ ...row('New'), snapshot: null }])[2]!
    .split('│')
    .map((cell) => cell.trim())
  expect(cells).toEqual(['New', '-', '-', '-', '-', '-', '-', '-', 'never'])
})

test('says how many partners the totals cover', () => {
  expect(render([row('One')]).join('\n')).toContain('1 of 3 partners covered')
})

test('stays within 100 columns and one line per partner whatever the names hold', () => {
  const lines = render([row('x'.repeat(300)), row('two\nlines\u001b[2J'), row('y', 'host-key-unknown')], true)
  expect(lines).toHaveLength(2 + 3 + 3)
  for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(100)
  expect(lines.join('\n')).not.toContain('\u001b[2J')
})

test('colours only when asked, and colours change no column', () => {
  const plain = render([row('One'), row('Two', 'timeout')])
  const coloured = render([row('One'), row('Two', 'timeout')], true)
  expect(plain.join('\n')).not.toContain('\u001b')
  expect(coloured.join('\n')).toContain('\u001b[31m')
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(plain)
})

test('keeps ages readable', () => {
  const age = (ageMs: number) => {
    const partner = { ...row('One'), snapshot: { ...snapshot, snapshotTime: new Date(nowMs - ageMs) } }
    return render([partner])[2]!.split('│').at(-1)!.trim()
  }
  expect([-50, 119_000, 600_000, 7_200_000].map(age)).toEqual(['0 s ago', '119 s ago', '10 min ago', '2 h ago'])
})
