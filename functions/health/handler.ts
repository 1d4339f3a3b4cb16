import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract } from '../../shared/http/contract.ts'
import { type CheckHealthDeps, checkHealth } from './check-health.ts'
import { Health } from './schema.ts'

export type HealthDeps = CheckHealthDeps & {
  /** The metrics in Prometheus' text format. */
  metrics: { text: () => Promise<string>; contentType: string }
}

const tag = 'health'

export const health = (deps: HealthDeps) => {
  const started = { at: deps.now(), ms: deps.monotonicMs() }
  return new Hono<AppEnv>()
    .get(
      '/health',
      contract({ summary: 'Say whether this process can serve', tag, answers: { 200: Health, 503: Health }, open: true }),
      async (c) => {
        const state = await checkHealth(deps, started)
        c.header('Cache-Control', 'no-store')
        return c.json(state, state.status === 'unhealthy' ? 503 : 200)
      },
    )
    .get('/metrics', contract({ summary: 'Metrics for Prometheus', tag, answers: { 200: null }, open: true }), async (c) =>
      c.body(await deps.metrics.text(), 200, { 'Content-Type': deps.metrics.contentType }),
    )
}

export type HealthApi = ReturnType<typeof health>
