const units = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
] as const

/** `12 s`, `4 min`, `2 h 5 min`, `3 d 1 h`: the two largest units that count. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const index = units.findIndex((each) => seconds >= each.seconds)
  const largest = units[index]
  if (!largest) return `${seconds} s`
  const rest = units[index + 1]
  const count = Math.floor((seconds % largest.seconds) / (rest?.seconds ?? Number.POSITIVE_INFINITY))
  return `${Math.floor(seconds / largest.seconds)} ${largest.unit}${rest && count > 0 ? ` ${count} ${rest.unit}` : ''}`
}

/** `12 s ago`, `in 4 min`, `just now`. */
export const formatRelative = (atMs: number, nowMs: number): string => {
  const ms = nowMs - atMs
  if (Math.abs(ms) < 1_000) return 'just now'
  return ms > 0 ? `${formatDuration(ms)} ago` : `in ${formatDuration(-ms)}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** `Mar 2, 2026, 14:05:09` in the zone. */
export const formatExact = (at: Date | number, zone: string): string => {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
    formats.set(zone, format)
  }
  return format.format(at)
}

/** `EST`, `GMT+5:30`: how the zone is called at that time. */
export const formatZone = (at: Date | number, zone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(at).find(({ type }) => type === 'timeZoneName')
    ?.value ?? zone
