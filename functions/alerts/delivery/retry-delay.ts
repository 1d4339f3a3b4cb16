const firstDelayMs = 5_000
const maxDelayMs = 15 * 60_000

/** Exponential backoff with full jitter, from 5 s to 15 min: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.round(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1)))
