import type { UtcRange } from './snapshot-statement.ts'

const utcText = (instant: Temporal.ZonedDateTime) =>
  instant.withTimeZone('UTC').toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')

/** The local day of `now` in an IANA time zone, as a half-open range of UTC text. Days of 23 and 25 hours keep their length. */
export const localDay = (now: Date, timezone: string): UtcRange => {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone)
  const start = local.startOfDay()
  return { from: utcText(start), to: utcText(start.add({ days: 1 }).startOfDay()) }
}
