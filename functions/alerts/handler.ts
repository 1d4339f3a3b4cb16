import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { channelRoutes } from './channels/channel-routes.ts'
import type { ChangeChannelDeps } from './channels/require-channel.ts'
import { type DispatchDeps, dispatch } from './delivery/dispatch.ts'
import { listDeliveries } from './delivery/list-deliveries.ts'
import { retryDelivery } from './delivery/retry-delivery.ts'
import { DeliveryPage, DeliveryQuery, DispatchResult } from './delivery/schema.ts'
import { acknowledgeAlert } from './lifecycle/acknowledge-alert.ts'
import type { ChangeAlertDeps } from './lifecycle/change-alert.ts'
import { dismissAlert } from './lifecycle/dismiss-alert.ts'
import { type TickAlertsDeps, tickAlerts } from './lifecycle/tick-alerts.ts'
import { undismissAlert } from './lifecycle/undismiss-alert.ts'
import { listAlerts } from './list-alerts.ts'
import { maintenanceRoutes } from './maintenance/maintenance-routes.ts'
import type { MaintenanceDeps } from './maintenance/plan-window.ts'
import type { ListAlertsDeps } from './present-alerts.ts'
import { readAlert } from './read-alert.ts'
import { type ReadFiringDeps, summarizeAlerts } from './read-firing.ts'
import { type RuleRoutesDeps, ruleRoutes } from './rules/rule-routes.ts'
import { Acknowledgement, Alert, AlertPage, AlertQuery, Dismissal, Summary } from './schema.ts'

export type AlertsDeps = GuardDeps &
  ListAlertsDeps &
  ReadFiringDeps &
  ChangeAlertDeps &
  ChangeChannelDeps &
  DispatchDeps &
  RuleRoutesDeps &
  MaintenanceDeps &
  TickAlertsDeps

const tag = 'alerts'

export const alerts = (deps: AlertsDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .route('/rules', ruleRoutes(deps))
    .route('/channels', channelRoutes(deps))
    .route('/maintenance', maintenanceRoutes(deps))
    .get(
      '/',
      contract({ summary: 'List alerts, newest first', tag, answers: { 200: AlertPage } }),
      requireRole('VIEWER', 'alerts:read'),
      query(AlertQuery),
      async (c) => c.json(await listAlerts(deps, c.req.valid('query'))),
    )
    .get(
      '/summary',
      contract({ summary: 'Count the alerts that fire', tag, answers: { 200: Summary } }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json(await summarizeAlerts(deps)),
    )
    .post(
      '/dispatch',
      contract({ summary: 'Let time pass for the alerts and send what is due, for a cron', tag, answers: { 200: DispatchResult } }),
      requireRole('ADMIN', 'alerts:dispatch'),
      async (c) => {
        await tickAlerts(deps)
        return c.json(await dispatch(deps))
      },
    )
    .get(
      '/deliveries',
      contract({ summary: 'List deliveries, newest first', tag, answers: { 200: DeliveryPage } }),
      requireRole('VIEWER', 'alerts:read'),
      query(DeliveryQuery),
      async (c) => c.json(await listDeliveries(deps, c.req.valid('query'))),
    )
    .post(
      '/deliveries/:id/retry',
      contract({ summary: 'Send a dead delivery again', tag, answers: { 204: null }, errors: ['not_found', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        await retryDelivery(deps, c.get('actor'), c.req.param('id'))
        return c.body(null, 204)
      },
    )
    .get(
      '/:id',
      contract({ summary: 'Read an alert', tag, answers: { 200: Alert }, errors: ['not_found'] }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json(await readAlert(deps, c.req.param('id'))),
    )
    .post(
      '/:id/acknowledge',
      contract({ summary: 'Acknowledge an alert', tag, answers: { 200: Alert }, errors: ['bad_request', 'not_found', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(Acknowledgement),
      async (c) => {
        const id = c.req.param('id')
        await acknowledgeAlert(deps, c.get('actor'), id, c.req.valid('json').note ?? null)
        return c.json(await readAlert(deps, id))
      },
    )
    .post(
      '/:id/dismiss',
      contract({
        summary: 'Hold an alert back until a time',
        tag,
        answers: { 200: Alert },
        errors: ['bad_request', 'not_found', 'conflict'],
      }),
      requireRole('ADMIN', 'alerts:write'),
      json(Dismissal),
      async (c) => {
        const id = c.req.param('id')
        await dismissAlert(deps, c.get('actor'), id, c.req.valid('json'))
        return c.json(await readAlert(deps, id))
      },
    )
    .delete(
      '/:id/dismiss',
      contract({ summary: "End an alert's dismissal", tag, answers: { 200: Alert }, errors: ['not_found', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        const id = c.req.param('id')
        await undismissAlert(deps, c.get('actor'), id)
        return c.json(await readAlert(deps, id))
      },
    )

export type AlertsApi = ReturnType<typeof alerts>
