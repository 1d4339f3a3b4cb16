import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 10

/**
 * The longest time in milliseconds that this thread's event loop waited, what 99 of 100 waits were at most, and the most that the thread
 * itself worked in one go.
 */
export type LoopTimes = { delayMs: number; p99Ms: number; workMs: number }

/**
 * Watches this thread's event loop. On a machine that does too much at once a loop also waits without any work of its own; only the
 * thread's processor time tells the two apart.
 */
export const watchLoop = (): (() => LoopTimes) => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  let last = process.threadCpuUsage()
  let workMs = 0
  const look = () => {
    const now = process.threadCpuUsage()
    workMs = Math.max(workMs, (now.user + now.system - last.user - last.system) / 1000)
    last = now
  }
  const timer = setInterval(look, resolutionMs)
  return () => {
    look()
    clearInterval(timer)
    histogram.disable()
    const toMs = (ns: number) => Math.max(0, ns / 1e6 - resolutionMs)
    return { delayMs: toMs(histogram.max), p99Ms: toMs(histogram.percentile(99)), workMs }
  }
}
