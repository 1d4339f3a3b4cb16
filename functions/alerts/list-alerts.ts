import { alertView } from './alert-view.ts'
import { type ListAlertsDeps, presentAlerts } from './present-alerts.ts'
import type { AlertQuery } from './schema.ts'

/** Alerts, newest first. `dismissed`: those that fire and are held back now. */
export const listAlerts = async (deps: ListAlertsDeps, query: AlertQuery) => {
  const { state, limit, ...filter } = query
  const chosen = state === 'dismissed' ? { dismissedAt: deps.now() } : { state }
  const docs = await deps.alertLogs.page({ ...filter, ...chosen }, limit)
  const present = await presentAlerts(deps, docs)
  return {
    alerts: docs.map((doc) => alertView(doc, present(doc))),
    next: docs.length === limit ? (docs.at(-1)?._id ?? null) : null,
  }
}
