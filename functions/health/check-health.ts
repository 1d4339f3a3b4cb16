import type { SelfCheckState } from './create-self-check.ts'
import type { Health } from './schema.ts'

export type CheckHealthDeps = {
  build: { version: string; revision: string | null }
  database: { engine: 'mongodb' | 'embedded'; ping: () => Promise<unknown> }
  /** The sweep of this process; `null` where it runs none. */
  sweep: (() => { lastSweepAt: Date | null; inFlight: number }) | null
  /** After how long without a sweep it counts as hanging: 30 s, for one that ticks every second. */
  sweepStalledMs?: number
  /** What waits to be delivered. */
  outboxState: (signal: AbortSignal) => Promise<{ depth: number; oldestAgeSeconds: number }>
  /** What the process found when it last looked at itself; `null`: it has not yet. */
  selfCheck: () => SelfCheckState | null
  /** How late the event loop is; `null` where the platform does not tell. */
  eventLoop: (() => { p99Ms: number; maxMs: number }) | null
  now: () => Date
  monotonicMs: () => number
}

const defaultSweepStalledMs = 30_000
/** A delivery that waits for so long degrades the service. */
const outboxLateSeconds = 15 * 60
const outboxTimeoutMs = 3_000
const slowLoopMs = { p99: 500, max: 5_000 }

const checkDatabase = async (deps: CheckHealthDeps): Promise<Health['database']> => {
  const startedAt = deps.monotonicMs()
  const ok = await deps.database.ping().then(
    () => true,
    () => false,
  )
  return { ok, engine: deps.database.engine, ms: Math.round(deps.monotonicMs() - startedAt) }
}

/** `null`: the database does not tell. */
const checkOutbox = (deps: CheckHealthDeps): Promise<Health['outbox']> =>
  deps.outboxState(AbortSignal.timeout(outboxTimeoutMs)).then(
    ({ depth, oldestAgeSeconds }) => ({ ok: oldestAgeSeconds < outboxLateSeconds, depth, oldestAgeSeconds: Math.round(oldestAgeSeconds) }),
    () => null,
  )

const checkSweep = (deps: CheckHealthDeps, startedAt: Date): Health['sweep'] => {
  const state = deps.sweep?.()
  if (!state) return null
  const { lastSweepAt, inFlight } = state
  // A sweep of the future is no sign of life: the clock was set back.
  const sinceMs = Math.abs(deps.now().getTime() - (lastSweepAt ?? startedAt).getTime())
  return { ok: sinceMs < (deps.sweepStalledMs ?? defaultSweepStalledMs), lastSweepAt: lastSweepAt?.toISOString() ?? null, inFlight }
}

const checkEventLoop = (deps: CheckHealthDeps): Health['eventLoop'] => {
  const delay = deps.eventLoop?.()
  return delay ? { ok: delay.p99Ms < slowLoopMs.p99 && delay.maxMs < slowLoopMs.max, ...delay } : null
}

const ofSelfCheck = (state: SelfCheckState | null): Pick<Health, 'writes' | 'captures' | 'clock'> => {
  const jumpSeconds = state?.clock.jumpSeconds ?? 0
  return {
    writes: state && { ok: state.writes.ok, lastOkAt: state.writes.lastOkAt?.toISOString() ?? null },
    captures: state?.captures ? { ok: state.captures.late === 0, ...state.captures } : null,
    clock: { ok: jumpSeconds === 0, jumpSeconds },
  }
}

type Checked = Omit<Health, 'status' | 'version' | 'revision' | 'uptimeSeconds'>

/** The table in DEPLOYMENT.md says the same in words. */
const statusOf = ({ database, writes, sweep, captures, eventLoop, clock, outbox }: Checked): Health['status'] => {
  const isServing = database.ok && outbox !== null && (writes?.ok ?? true)
  const isBlind = captures !== null && captures.late > 0 && captures.late * 2 >= captures.active
  if (!isServing || isBlind || sweep?.ok === false) return 'unhealthy'
  return [outbox, captures, eventLoop, clock].some((part) => part?.ok === false) ? 'degraded' : 'healthy'
}

export const checkHealth = async (deps: CheckHealthDeps, started: { at: Date; ms: number }): Promise<Health> => {
  const [database, outbox] = await Promise.all([checkDatabase(deps), checkOutbox(deps)])
  const checked: Checked = {
    database,
    ...ofSelfCheck(deps.selfCheck()),
    sweep: checkSweep(deps, started.at),
    eventLoop: checkEventLoop(deps),
    outbox,
  }
  return {
    status: statusOf(checked),
    ...deps.build,
    uptimeSeconds: Math.round((deps.monotonicMs() - started.ms) / 1000),
    ...checked,
  }
}
