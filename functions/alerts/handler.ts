import { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import type { AlertLogStore } from '../../shared/node/mongo/alerts/alert-logs.ts'
import type { OutboxRow } from '../../shared/node/mongo/alerts/alert-outbox.ts'
import type { ChangeChannelDeps } from './channels/change-channel.ts'
import { channelRoutes } from './channels/channel-routes.ts'
import { type DispatchDeps, dispatch } from './delivery/dispatch.ts'
import { DeliveryPage, DeliveryQuery, DispatchResult } from './delivery/schema.ts'
import { acknowledgeAlert, type ChangeAlertDeps, dismissAlert, undismissAlert } from './lifecycle/change-alert.ts'
import { type TickAlertsDeps, tickAlerts } from './lifecycle/tick-alerts.ts'
import { type ListAlertsDeps, listAlerts, readAlert, summarizeAlerts } from './list-alerts.ts'
import { type MaintenanceRoutesDeps, maintenanceRoutes } from './maintenance/maintenance-routes.ts'
import { type RuleRoutesDeps, ruleRoutes } from './rules/rule-routes.ts'
import { Acknowledgement, Alert, AlertPage, AlertQuery, Dismissal, Summary } from './schema.ts'

export type AlertsDeps = GuardDeps &
  ListAlertsDeps &
  ChangeAlertDeps &
  ChangeChannelDeps &
  DispatchDeps &
  RuleRoutesDeps &
  MaintenanceRoutesDeps &
  TickAlertsDeps & {
    alertLogs: AlertLogStore
    partners: TickAlertsDeps['partners'] & RuleRoutesDeps['partners']
    rules: ChangeAlertDeps['rules'] & RuleRoutesDeps['rules']
  }

const tag = 'alerts'

const deliveryView = (row: OutboxRow) => ({
  id: row._id,
  channelId: row.channelId,
  channelName: row.channelName,
  alertId: row.alertId,
  partnerId: row.partnerId,
  partnerName: row.partnerName,
  ruleId: row.event.alert.ruleId,
  level: row.event.alert.level,
  message: row.event.alert.message,
  kind: row.event.notice ?? row.event.type,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  attempts: row.attempts,
  lastCode: row.lastCode,
  messageId: row.messageId,
})

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
      async (c) => {
        const { limit, ...filter } = c.req.valid('query')
        const rows = await deps.outbox.page(filter, limit)
        return c.json({ deliveries: rows.map(deliveryView), next: rows.length === limit ? (rows.at(-1)?._id ?? null) : null })
      },
    )
    .post(
      '/deliveries/:id/retry',
      contract({ summary: 'Send a dead delivery again', tag, answers: { 204: null }, errors: ['not_found', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        const id = c.req.param('id')
        const revived = await deps.outbox.revive(id, deps.now())
        if (revived === 'missing') throw new AppError('not_found', 'There is no such dead delivery.')
        if (revived === 'busy') throw new AppError('conflict', 'What came after it is being sent: try again when that has been.')
        const target = { collection: 'alert_outbox', id, name: id }
        await deps.audit.record({ actor: c.get('actor'), action: 'delivery.retry', target, before: null, after: null })
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
