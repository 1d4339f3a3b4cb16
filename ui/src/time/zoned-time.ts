const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-03-08 03:00:00`, as the clocks of the zone show it. */
const wallText = (at: number, zone: string): string => {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(zone, format)
  }
  return format.format(at)
}

/** What the clocks of the zone show, as if it were UTC, in epoch milliseconds. */
export const wallMs = (at: number, zone: string): number => Date.parse(`${wallText(at, zone).replace(' ', 'T')}Z`)
const offsetMs = (at: number, zone: string) => wallMs(at, zone) - Math.floor(at / 1000) * 1000

/** A moment as the value of a `datetime-local` input: `2026-03-08T03:00`, by the clocks of the zone. */
export const toZonedInput = (at: number, zone: string): string => wallText(at, zone).slice(0, 16).replace(' ', 'T')

/**
 * The moment that a `datetime-local` input means in the zone, in epoch milliseconds; `null`: it has none. A time that comes twice
 * is the first; one that the clocks skip moves forward with them.
 */
export const fromZonedInput = (text: string, zone: string): number | null => {
  const wall = Date.parse(`${text}Z`)
  if (Number.isNaN(wall)) return null
  const before = wall - offsetMs(wall - dayMs, zone)
  const after = wall - offsetMs(wall + dayMs, zone)
  return wallMs(before, zone) === wall || wallMs(after, zone) !== wall ? before : after
}

/** The next day's `hour` by the clocks of the zone, in epoch milliseconds. */
export const tomorrowAt = (now: number, zone: string, hour: number): number => {
  const tomorrow = new Date(wallMs(now, zone) + dayMs).toISOString().slice(0, 10)
  return fromZonedInput(`${tomorrow}T${String(hour).padStart(2, '0')}:00`, zone) ?? now + dayMs
}
