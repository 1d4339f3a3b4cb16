import { expect, test } from 'vitest'
import { formatDuration, formatExact, formatRelative, formatZone } from './format-time.ts'

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-5, '0 s'],
])('%i ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('says how long ago and how soon, and makes nothing of less than a second', () => {
  expect(formatRelative(0, 12_000)).toBe('12 s ago')
  expect(formatRelative(12_000, 0)).toBe('in 12 s')
  expect(formatRelative(0, 999)).toBe('just now')
})

test('an exact time is that of the zone, on both sides of a change of clocks', () => {
  expect(formatExact(Date.UTC(2026, 2, 8, 6, 59, 59), 'America/New_York')).toBe('Mar 8, 2026, 01:59:59')
  expect(formatExact(Date.UTC(2026, 2, 8, 7), 'America/New_York')).toBe('Mar 8, 2026, 03:00:00')
  expect(formatExact(Date.UTC(2026, 2, 8, 7), 'Asia/Kolkata')).toBe('Mar 8, 2026, 12:30:00')
  expect(formatZone(Date.UTC(2026, 0, 1), 'America/New_York')).toBe('EST')
  expect(formatZone(Date.UTC(2026, 6, 1), 'America/New_York')).toBe('EDT')
})
