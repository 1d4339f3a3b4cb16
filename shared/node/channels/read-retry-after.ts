const longestMs = 24 * 3_600_000

/**
 * How many milliseconds a `Retry-After` header asks to wait, in seconds or as an HTTP date (RFC 9110, 10.2.3): at least 0, at most a day.
 * `null`: there is none, or none that can be read.
 */
export const readRetryAfter = (value: string | undefined, now: Date): number | null => {
  const text = value?.trim() ?? ''
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]+, .* GMT$/.test(text)
      ? Date.parse(text) - now.getTime()
      : Number.NaN
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestMs)
}
