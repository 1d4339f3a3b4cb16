import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDay } from './local-day.ts'

test.each([
  ['an ordinary day', 'America/New_York', '2026-03-02T12:00Z', '2026-03-02 05:00:00', '2026-03-03 05:00:00'],
  ['the first instant of a day', 'America/New_York', '2026-03-02T05:00Z', '2026-03-02 05:00:00', '2026-03-03 05:00:00'],
  ['the last instant of a day', 'America/New_York', '2026-03-02T04:59:59.999Z', '2026-03-01 05:00:00', '2026-03-02 05:00:00'],
  ['a day of 23 hours', 'America/New_York', '2026-03-08T20:00Z', '2026-03-08 05:00:00', '2026-03-09 04:00:00'],
  ['a day of 25 hours', 'America/New_York', '2026-11-01T20:00Z', '2026-11-01 04:00:00', '2026-11-02 05:00:00'],
  ['a zone of half hours', 'Asia/Kolkata', '2026-03-02T18:29Z', '2026-03-01 18:30:00', '2026-03-02 18:30:00'],
  ['UTC itself', 'UTC', '2026-03-02T12:00Z', '2026-03-02 00:00:00', '2026-03-03 00:00:00'],
  ['a day without midnight in São Paulo', 'America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04 03:00:00', '2018-11-05 02:00:00'],
  ['the day before it', 'America/Sao_Paulo', '2018-11-03T12:00Z', '2018-11-03 03:00:00', '2018-11-04 03:00:00'],
  ['a day without midnight in Cairo', 'Africa/Cairo', '2026-04-24T12:00Z', '2026-04-23 22:00:00', '2026-04-24 21:00:00'],
  ['a day with two midnights in Havana', 'America/Havana', '2026-11-01T12:00Z', '2026-11-01 04:00:00', '2026-11-02 05:00:00'],
  ['the day before one that Apia left out', 'Pacific/Apia', '2011-12-30T05:00Z', '2011-12-29 10:00:00', '2011-12-30 10:00:00'],
])('gives %s as a half-open range of UTC', (_day, timezone, now, from, to) => {
  expect(localDay(new Date(now), timezone)).toEqual({ from, to })
})

test('days of every zone follow each other without a hole, and hold the instant they were asked for', () => {
  const instant = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`)
  fc.assert(
    fc.property(
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      fc.date({ min: new Date('2000-01-01'), max: new Date('2037-01-01'), noInvalidDate: true }),
      (timezone, now) => {
        const day = localDay(now, timezone)
        expect(instant(day.from)).toBeLessThanOrEqual(now.getTime())
        expect(instant(day.to)).toBeGreaterThan(now.getTime())
        expect(localDay(new Date(instant(day.to)), timezone).from).toBe(day.to)
        expect(localDay(new Date(instant(day.to) - 1), timezone)).toEqual(day)
      },
    ),
    { numRuns: 500 },
  )
})
