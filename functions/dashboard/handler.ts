import { Hono, type TypedResponse } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract } from '../../shared/http/contract.ts'
import { eventStream, type StreamDeps } from '../../shared/http/event-stream.ts'
import { requireRole, requireUser } from '../../shared/http/guards.ts'
import type { DashboardSource } from './create-dashboard-source.ts'
import { Dashboard, DashboardEvent } from './schema.ts'
import { type StreamDashboardDeps, streamDashboard } from './stream-dashboard.ts'

export type DashboardDeps = StreamDeps & StreamDashboardDeps & { dashboard: Pick<DashboardSource, 'read'> }

const tag = 'dashboard'

export const dashboard = (deps: DashboardDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps), requireRole('VIEWER', 'dashboard:read'))
    .get('/', contract({ summary: 'Show the fleet', tag, answers: { 200: Dashboard } }), async (c) => {
      const text = await deps.dashboard.read()
      c.header('Cache-Control', 'no-store')
      return c.newResponse(text, 200, { 'Content-Type': 'application/json' }) as Response & TypedResponse<Dashboard, 200, 'json'>
    })
    .get(
      '/stream',
      contract({
        summary: 'Follow the fleet: the dashboard, then what changes',
        tag,
        answers: { 200: null },
        events: DashboardEvent,
        errors: ['too_many_requests'],
      }),
      (c) => eventStream(c, deps, (signal) => streamDashboard(deps, { lastEventId: c.req.header('last-event-id'), signal })),
    )

export type DashboardApi = ReturnType<typeof dashboard>
