import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late the event loop's timers were, in milliseconds. */
export type EventLoopDelay = { p99Ms: number; maxMs: number }

const resolutionMs = 20
const nsPerMs = 1e6

const startHistogram = () => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  return histogram
}

/**
 * Watches how late the event loop is. `read` tells the time since the turn before the last `turn`, so that a new histogram, which misses its
 * first interval, never leaves a gap.
 */
export const watchEventLoop = () => {
  let [older, newer] = [startHistogram(), startHistogram()]
  // Node counts the timer's own interval in.
  const toMs = (ns: number) => Math.max(0, Math.round(ns / nsPerMs) - resolutionMs)
  return {
    read: (): EventLoopDelay => ({ p99Ms: toMs(older.percentile(99)), maxMs: toMs(older.max) }),
    turn: (): void => {
      older.disable()
      ;[older, newer] = [newer, startHistogram()]
    },
    stop: (): void => {
      older.disable()
      newer.disable()
    },
  }
}
