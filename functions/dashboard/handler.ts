import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import type { DashboardView } from './build-dashboard.ts'
import type { DashboardSource } from './create-dashboard-source.ts'
import { Dashboard } from './schema.ts'

export type DashboardDeps = GuardDeps & { dashboard: Pick<DashboardSource, 'read'> }

export const dashboard = (deps: DashboardDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .get(
      '/',
      contract({ summary: 'Show the fleet', tag: 'dashboard', answers: { 200: Dashboard } }),
      requireRole('VIEWER', 'dashboard:read'),
      async (c) => {
        const text = await deps.dashboard.read()
        c.header('Cache-Control', 'no-store')
        return c.body(text, 200, { 'Content-Type': 'application/json' }) as unknown as ReturnType<typeof c.json<DashboardView, 200>>
      },
    )

export type DashboardApi = ReturnType<typeof dashboard>
