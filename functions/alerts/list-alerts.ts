import { AppError } from '../../shared/errors.ts'
import type { AlertLogStore } from '../../shared/mongo/alert-logs.ts'
import { alertView } from './alert-view.ts'
import type { AlertQuery } from './schema.ts'

export type ListAlertsDeps = { alertLogs: Pick<AlertLogStore, 'page' | 'find' | 'countFiring'>; now: () => Date }

/** Alerts, newest first. `dismissed`: those that fire and are held back now. */
export const listAlerts = async (deps: ListAlertsDeps, query: AlertQuery) => {
  const { state, partnerId, level, from, to, before, limit } = query
  const firedAt = { ...(from && { $gte: from }), ...(to && { $lt: to }) }
  const docs = await deps.alertLogs.page(
    {
      ...(state && { state: state === 'resolved' ? state : 'firing' }),
      ...(state === 'dismissed' && { 'dismissed.until': { $gt: deps.now() } }),
      ...(partnerId && { partnerId }),
      ...(level && { level }),
      ...((from || to) && { firedAt }),
      ...(before && { _id: { $lt: before } }),
    },
    limit,
  )
  return { alerts: docs.map(alertView), next: docs.length === limit ? (docs.at(-1)?._id ?? null) : null }
}

export const readAlert = async (deps: ListAlertsDeps, id: string) => {
  const doc = await deps.alertLogs.find(id)
  if (!doc) throw new AppError('not_found', 'There is no such alert.')
  return alertView(doc)
}

/** How many alerts fire, by level. */
export const summarizeAlerts = async (deps: Pick<ListAlertsDeps, 'alertLogs'>) => {
  const [critical, high, medium] = await Promise.all(
    (['CRITICAL', 'HIGH', 'MEDIUM'] as const).map((level) => deps.alertLogs.countFiring({ level })),
  )
  const counts = { critical: critical ?? 0, high: high ?? 0, medium: medium ?? 0 }
  return { ...counts, firing: counts.critical + counts.high + counts.medium }
}
