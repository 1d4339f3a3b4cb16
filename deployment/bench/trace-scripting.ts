import type { CDPSession } from '@playwright/test'
import { type TraceEvent, trace } from './trace.ts'

/** The events of Chromium's timeline that are scripting; one inside another is counted once. */
const scripting = new Set([
  'EvaluateScript',
  'FunctionCall',
  'RunMicrotasks',
  'TimerFire',
  'FireAnimationFrame',
  'EventDispatch',
  'MinorGC',
  'MajorGC',
])

/** The processor's milliseconds of one thread's events, each moment once. */
const sumMs = (events: readonly TraceEvent[]) => {
  let endTs = 0
  let sum = 0
  for (const { ts, dur = 0, tdur } of events.toSorted((one, other) => one.ts - other.ts || (other.dur ?? 0) - (one.dur ?? 0))) {
    if (ts < endTs) continue
    sum += tdur ?? dur
    endTs = ts + dur
  }
  return sum / 1_000
}

/** How long the page's busiest thread runs scripts during `work`, in milliseconds of processor time. */
export const traceScripting = async (devtools: CDPSession, work: () => Promise<unknown>): Promise<number> => {
  const events = await trace(devtools, ['devtools.timeline', 'disabled-by-default-v8.gc'], work)
  const threads = Map.groupBy(
    events.filter(({ ph, name }) => ph === 'X' && scripting.has(name)),
    ({ pid, tid }) => `${pid}.${tid}`,
  )
  return Math.max(0, ...threads.values().map(sumMs))
}
