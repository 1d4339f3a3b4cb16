import type { Health } from './schema.ts'

export type CheckHealthDeps = {
  build: { version: string; revision: string | null }
  database: { engine: 'mongodb' | 'embedded'; ping: () => Promise<unknown> }
  /** The sweep of this process; `null` where it runs none. */
  sweep: (() => { lastSweepAt: Date | null; inFlight: number }) | null
  /** After how long without a sweep it counts as hanging: 30 s, for one that ticks every second. */
  sweepStalledMs?: number
  /** What waits to be delivered. */
  outboxState: () => Promise<{ depth: number; oldestAgeSeconds: number }>
  now: () => Date
  monotonicMs: () => number
}

const defaultSweepStalledMs = 30_000
/** A delivery that waits for so long degrades the service. */
const outboxLateSeconds = 15 * 60

const ping = async (deps: CheckHealthDeps): Promise<Health['database']> => {
  const startedAt = deps.monotonicMs()
  const ok = await deps.database.ping().then(
    () => true,
    () => false,
  )
  return { ok, engine: deps.database.engine, ms: Math.round(deps.monotonicMs() - startedAt) }
}

/** `null`: the database does not tell. */
const outboxHealth = (deps: CheckHealthDeps): Promise<Health['outbox']> =>
  deps.outboxState().then(
    ({ depth, oldestAgeSeconds }) => ({ ok: oldestAgeSeconds < outboxLateSeconds, depth, oldestAgeSeconds: Math.round(oldestAgeSeconds) }),
    () => null,
  )

export const checkHealth = async (deps: CheckHealthDeps, startedAt: Date): Promise<Health> => {
  const database = await ping(deps)
  const now = deps.now().getTime()
  const state = deps.sweep?.()
  const sweep = state
    ? {
        ok: now - (state.lastSweepAt ?? startedAt).getTime() < (deps.sweepStalledMs ?? defaultSweepStalledMs),
        lastSweepAt: state.lastSweepAt?.toISOString() ?? null,
        inFlight: state.inFlight,
      }
    : null
  const outbox = database.ok ? await outboxHealth(deps) : null
  const isServing = outbox !== null && (sweep?.ok ?? true)
  return {
    status: isServing ? (outbox.ok ? 'healthy' : 'degraded') : 'unhealthy',
    ...deps.build,
    uptimeSeconds: Math.round((now - startedAt.getTime()) / 1000),
    database,
    sweep,
    outbox,
  }
}
