import type { Health } from './schema.ts'

export type CheckHealthDeps = {
  build: { version: string; revision: string | null }
  database: { engine: 'mongodb' | 'embedded'; ping: () => Promise<unknown> }
  /** The sweep of this process; `null` where it runs none. */
  sweep: (() => { lastSweepAt: Date | null; inFlight: number }) | null
  /** What waits to be delivered. */
  outboxState: () => Promise<{ depth: number; oldestAgeSeconds: number }>
  now: () => Date
  monotonicMs: () => number
}

/** A sweep ticks every second: after so long without one it hangs. */
const sweepStalledMs = 30_000
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

const outboxHealth = async (deps: CheckHealthDeps, isDatabaseUp: boolean): Promise<Health['outbox']> => {
  if (!isDatabaseUp) return null
  const { depth, oldestAgeSeconds } = await deps.outboxState()
  return { ok: oldestAgeSeconds < outboxLateSeconds, depth, oldestAgeSeconds: Math.round(oldestAgeSeconds) }
}

export const checkHealth = async (deps: CheckHealthDeps, startedAt: Date): Promise<Health> => {
  const database = await ping(deps)
  const now = deps.now().getTime()
  const state = deps.sweep?.()
  const sweep = state
    ? {
        ok: now - (state.lastSweepAt ?? startedAt).getTime() < sweepStalledMs,
        lastSweepAt: state.lastSweepAt?.toISOString() ?? null,
        inFlight: state.inFlight,
      }
    : null
  const outbox = await outboxHealth(deps, database.ok)
  const isServing = database.ok && (sweep?.ok ?? true)
  return {
    status: isServing ? (outbox && !outbox.ok ? 'degraded' : 'healthy') : 'unhealthy',
    ...deps.build,
    uptimeSeconds: Math.round((now - startedAt.getTime()) / 1000),
    database,
    sweep,
    outbox,
  }
}
