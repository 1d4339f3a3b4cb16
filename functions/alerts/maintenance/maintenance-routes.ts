import { Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { AppEnv } from '../../../shared/http/app-env.ts'
import { contract, json } from '../../../shared/http/contract.ts'
import { requireRole } from '../../../shared/http/guards.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { MaintenanceWindowDoc, MaintenanceWindowStore } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { upcoming } from './maintenance.ts'
import { Maintenance, NewMaintenance } from './schema.ts'

export type MaintenanceRoutesDeps = {
  windows: MaintenanceWindowStore
  audit: Pick<AuditLog, 'record'>
  newId: () => string
  now: () => Date
}

const tag = 'alerts'

const view = ({ _id, createdAt, ...window }: MaintenanceWindowDoc, at: Date) => {
  const [next] = upcoming(window.schedule, at, 1)
  return {
    id: _id,
    ...window,
    isOpen: next !== undefined && next.from <= at,
    next: next ? { from: next.from.toISOString(), to: next.to.toISOString() } : null,
    createdAt: createdAt.toISOString(),
  }
}
const targetOf = ({ _id, name }: MaintenanceWindowDoc) => ({ collection: 'maintenance_windows', id: _id, name })
const notFound = () => new AppError('not_found', 'There is no such maintenance window.')

export const maintenanceRoutes = (deps: MaintenanceRoutesDeps) =>
  new Hono<AppEnv>()
    .get(
      '/',
      contract({ summary: 'List the maintenance windows', tag, answers: { 200: z.array(Maintenance) } }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json((await deps.windows.list()).map((window) => view(window, deps.now()))),
    )
    .post(
      '/',
      contract({ summary: 'Plan a maintenance window', tag, answers: { 201: Maintenance }, errors: ['bad_request'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(NewMaintenance),
      async (c) => {
        const actor = c.get('actor')
        const doc = { _id: deps.newId(), ...c.req.valid('json'), createdBy: actor.name, createdAt: deps.now() }
        await deps.windows.insert(doc)
        await deps.audit.record({
          actor,
          action: 'maintenance.create',
          target: targetOf(doc),
          before: null,
          after: { ...doc },
        })
        return c.json(view(doc, deps.now()), 201)
      },
    )
    .put(
      '/:id',
      contract({ summary: 'Change a maintenance window', tag, answers: { 200: Maintenance }, errors: ['bad_request', 'not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(NewMaintenance),
      async (c) => {
        const fields = c.req.valid('json')
        const before = await deps.windows.replace(c.req.param('id'), fields)
        if (!before) throw notFound()
        const after = { ...before, ...fields }
        await deps.audit.record({
          actor: c.get('actor'),
          action: 'maintenance.update',
          target: targetOf(after),
          before: { ...before },
          after: { ...after },
        })
        return c.json(view(after, deps.now()))
      },
    )
    .delete(
      '/:id',
      contract({ summary: 'Remove a maintenance window', tag, answers: { 204: null }, errors: ['not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        const removed = await deps.windows.remove(c.req.param('id'))
        if (!removed) throw notFound()
        await deps.audit.record({
          actor: c.get('actor'),
          action: 'maintenance.delete',
          target: targetOf(removed),
          before: { ...removed },
          after: null,
        })
        return c.body(null, 204)
      },
    )
