import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../../../shared/http/app-env.ts'
import { contract, json } from '../../../shared/http/contract.ts'
import { requireRole } from '../../../shared/http/guards.ts'
import { changeWindow } from './change-window.ts'
import { maintenanceView } from './maintenance-view.ts'
import { type MaintenanceDeps, planWindow } from './plan-window.ts'
import { removeWindow } from './remove-window.ts'
import { Maintenance, NewMaintenance } from './schema.ts'

const tag = 'alerts'

export const maintenanceRoutes = (deps: MaintenanceDeps) =>
  new Hono<AppEnv>()
    .get(
      '/',
      contract({ summary: 'List the maintenance windows', tag, answers: { 200: z.array(Maintenance) } }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json((await deps.windows.list()).map((window) => maintenanceView(window, deps.now()))),
    )
    .post(
      '/',
      contract({ summary: 'Plan a maintenance window', tag, answers: { 201: Maintenance }, errors: ['bad_request'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(NewMaintenance),
      async (c) => c.json(await planWindow(deps, c.get('actor'), c.req.valid('json')), 201),
    )
    .put(
      '/:id',
      contract({ summary: 'Change a maintenance window', tag, answers: { 200: Maintenance }, errors: ['bad_request', 'not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(NewMaintenance),
      async (c) => c.json(await changeWindow(deps, c.get('actor'), c.req.param('id'), c.req.valid('json'))),
    )
    .delete(
      '/:id',
      contract({ summary: 'Remove a maintenance window', tag, answers: { 204: null }, errors: ['not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        await removeWindow(deps, c.get('actor'), c.req.param('id'))
        return c.body(null, 204)
      },
    )
