import { expect, test } from 'vitest'
import { fromZonedInput, tomorrowAt, toZonedInput } from './zoned-time.ts'

const newYork = 'America/New_York'

test.each([
  ['2026-01-15T09:30', newYork, '2026-01-15T14:30:00.000Z'],
  ['2026-07-15T09:30', newYork, '2026-07-15T13:30:00.000Z'],
  ['2026-07-15T09:30', 'Asia/Kolkata', '2026-07-15T04:00:00.000Z'],
  ['2026-07-15T09:30', 'UTC', '2026-07-15T09:30:00.000Z'],
  ['2026-07-15T00:00', 'Pacific/Auckland', '2026-07-14T12:00:00.000Z'],
])('%s in %s is %s, and back', (text, zone, instant) => {
  const at = fromZonedInput(text, zone)
  expect(at && new Date(at).toISOString()).toBe(instant)
  expect(toZonedInput(Date.parse(instant), zone)).toBe(text)
})

test('a time that the clocks leave out moves on with them', () => {
  expect(fromZonedInput('2026-03-08T02:30', newYork)).toBe(Date.parse('2026-03-08T03:30:00-04:00'))
})

test('a time that comes twice is the first of the two', () => {
  expect(fromZonedInput('2026-11-01T01:30', newYork)).toBe(Date.parse('2026-11-01T01:30:00-04:00'))
  expect(fromZonedInput('2026-11-01T02:30', newYork)).toBe(Date.parse('2026-11-01T02:30:00-05:00'))
})

test.each(['', 'soon', '2026-13-01T00:00'])('%j is no time', (text) => {
  expect(fromZonedInput(text, newYork)).toBeNull()
})

test('tomorrow is that of the zone, on the day of a change of clocks as well', () => {
  // 22:00 on the 7th in New York, already the 8th in UTC; the clocks change that night.
  const evening = Date.parse('2026-03-08T03:00:00Z')
  expect(tomorrowAt(evening, newYork, 8)).toBe(Date.parse('2026-03-08T08:00:00-04:00'))
  expect(tomorrowAt(evening, 'UTC', 8)).toBe(Date.parse('2026-03-09T08:00:00Z'))
})
