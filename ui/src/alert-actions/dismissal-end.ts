import { fromZonedInput, tomorrowAt } from '../time/zoned-time.ts'

const hourMs = 3_600_000
const morningHour = 8

export type DismissalSpan = '1h' | '4h' | 'morning' | 'custom'

/** When a dismissal ends, in epoch milliseconds. `custom` is a `datetime-local` value in the zone; `null`: it is not a time. */
export const dismissalEnd = (span: DismissalSpan, custom: string, now: number, zone: string): number | null => {
  if (span === 'custom') return fromZonedInput(custom, zone)
  return span === 'morning' ? tomorrowAt(now, zone, morningHour) : now + (span === '1h' ? 1 : 4) * hourMs
}
