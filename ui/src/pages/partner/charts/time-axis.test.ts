import { expect, test } from 'vitest'
import { labelTimes, splitTime } from './time-axis.ts'

const hour = 3_600_000
const day = 24 * hour
const labels = (from: number, to: number, zone: string, most = 8) => labelTimes(splitTime(from, to, zone, most), zone)

test('ticks are round times of the chosen zone', () => {
  const from = Date.UTC(2026, 0, 15, 3, 7)
  expect(labels(from, from + hour, 'America/New_York')).toEqual(['22:10\nJan 14', '22:20', '22:30', '22:40', '22:50', '23:00'])
  expect(labels(from, from + 6 * hour, 'Asia/Kolkata')).toEqual(['09:00\nJan 15', '10:00', '11:00', '12:00', '13:00', '14:00'])
  expect(labels(from, from + day, 'America/New_York', 5)).toEqual(['00:00\nJan 15', '06:00', '12:00', '18:00'])
})

test('ticks stay on the clock when it is put forward and back', () => {
  const spring = Date.UTC(2026, 2, 8, 5)
  expect(labels(spring, spring + day, 'America/New_York', 5)).toEqual(['00:00\nMar 8', '06:00', '12:00', '18:00', '00:00\nMar 9'])
  expect(labels(spring, spring + 6 * hour, 'America/New_York', 8)).toEqual([
    '00:00\nMar 8',
    '01:00',
    '03:00',
    '04:00',
    '05:00',
    '06:00',
    '07:00',
  ])
  const autumn = Date.UTC(2026, 10, 1, 4)
  expect(labels(autumn, autumn + day + hour, 'America/New_York', 5)).toEqual(['00:00\nNov 1', '06:00', '12:00', '18:00', '00:00\nNov 2'])
  expect(labels(autumn, autumn + 4 * hour, 'America/New_York', 5)).toEqual(['00:00\nNov 1', '01:00', '01:00', '02:00', '03:00'])
})

test('days begin at midnight of the zone, months on their first', () => {
  const from = Date.UTC(2025, 11, 28, 12)
  expect(labels(from, from + 7 * day, 'America/New_York')).toEqual([
    'Dec 29\n2025',
    'Dec 30',
    'Dec 31',
    'Jan 1\n2026',
    'Jan 2',
    'Jan 3',
    'Jan 4',
  ])
  expect(labels(from, from + 400 * day, 'UTC', 8)).toEqual(['Jan\n2026', 'Mar', 'May', 'Jul', 'Sep', 'Nov', 'Jan\n2027'])
  for (const at of splitTime(from, from + 60 * day, 'America/New_York', 10)) expect(at % day).toBe(5 * hour)
})

test('never more ticks than there is room for, whatever the range', () => {
  const to = Date.UTC(2026, 6, 1, 9, 41)
  for (const span of [2 * 60_000, hour, 5 * hour, day, 3 * day, 30 * day, 100 * day, 400 * day]) {
    const ticks = splitTime(to - span, to, 'Australia/Lord_Howe', 7)
    expect(ticks.length).toBeGreaterThan(0)
    expect(ticks.length).toBeLessThanOrEqual(8)
    expect(ticks.toSorted((left, right) => left - right)).toEqual(ticks)
  }
})
