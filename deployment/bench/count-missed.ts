/** From when to when a partner was healthy, in milliseconds since 1970. */
export type Stretch = { from: number; to: number }

/** A capture starts up to so much of an interval late on a machine that is busy. */
const lateness = 0.5

/** How many captures of a partner failed while it was healthy, or were not there though an interval had one due. */
export const countMissed = (captures: readonly { at: number; ok: boolean }[], healthy: readonly Stretch[], intervalMs: number): number => {
  let missed = 0
  for (const { from, to } of healthy) {
    const within = captures.filter(({ at }) => at >= from && at < to)
    missed += within.filter(({ ok }) => !ok).length
    const times = [from, ...within.map(({ at }) => at), to]
    for (const [index, time] of times.slice(1).entries())
      missed += Math.max(0, Math.floor((time - (times[index] ?? from)) / intervalMs - lateness))
  }
  return missed
}
