const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The ranges that end now, and how often each is read again. */
export const presets = {
  '1h': { label: '1 h', name: 'the last hour', spanMs: hourMs, refreshMs: 10_000 },
  '6h': { label: '6 h', name: 'the last 6 hours', spanMs: 6 * hourMs, refreshMs: 30_000 },
  '24h': { label: '24 h', name: 'the last 24 hours', spanMs: dayMs, refreshMs: minuteMs },
  '7d': { label: '7 d', name: 'the last 7 days', spanMs: 7 * dayMs, refreshMs: 5 * minuteMs },
  '30d': { label: '30 d', name: 'the last 30 days', spanMs: 30 * dayMs, refreshMs: 5 * minuteMs },
  '400d': { label: '400 d', name: 'the last 400 days', spanMs: 400 * dayMs, refreshMs: 5 * minuteMs },
} as const
export type Preset = keyof typeof presets
export const presetNames = Object.keys(presets) as Preset[]

/** A stretch of time in epoch milliseconds. */
export type Span = { from: number; to: number }

const minSpanMs = 2 * minuteMs
const longestMs = presets['400d'].spanMs

export const readPreset = (text: string | undefined): Preset => presetNames.find((name) => name === text) ?? '6h'

/** The zoom in a URL, or `null`. */
export const readZoom = (from: string | undefined, to: string | undefined): Span | null => {
  const zoom = { from: Date.parse(from ?? ''), to: Date.parse(to ?? '') }
  return zoom.from < zoom.to ? zoom : null
}

/** The span, at least as wide as the shortest one that shows something, and moved out of the future and within the longest range. */
export const limitSpan = (span: Span, now: number): Span => {
  const width = Math.min(Math.max(span.to - span.from, minSpanMs), longestMs)
  const middle = (span.from + span.to) / 2
  const to = Math.min(Math.max(middle + width / 2, now - longestMs + width), now)
  return { from: Math.round(to - width), to: Math.round(to) }
}

/** The span, moved by a number of its widths. */
export const panSpan = (span: Span, widths: number, now: number): Span => {
  const by = (span.to - span.from) * widths
  return limitSpan({ from: span.from + by, to: span.to + by }, now)
}

/** The span with its width multiplied, about its middle. */
export const zoomSpan = (span: Span, factor: number, now: number): Span => {
  const middle = (span.from + span.to) / 2
  const half = ((span.to - span.from) * factor) / 2
  return limitSpan({ from: middle - half, to: middle + half }, now)
}
