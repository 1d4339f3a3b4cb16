import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 10

/** The longest time in milliseconds that this thread's event loop waited, and of that the most that the thread itself worked in one go. */
export type LoopTimes = { delayMs: number; workMs: number }

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
    return { delayMs: Math.max(0, histogram.max / 1e6 - resolutionMs), workMs }
  }
}
