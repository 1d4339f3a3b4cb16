import { AppError } from '../../shared/errors.ts'
import type { AlertLogStore, FiringAlertDoc } from '../../shared/mongo/alert-logs.ts'
import type { AlertStateStore } from '../../shared/mongo/alert-states.ts'
import { alertView, firingAlertView } from './alert-view.ts'
import type { AlertQuery } from './schema.ts'

export type ListAlertsDeps = {
  alertLogs: Pick<AlertLogStore, 'page' | 'find' | 'countFiring' | 'severest'>
  states: Pick<AlertStateStore, 'findAll'>
  now: () => Date
}

/** The alerts of `docs` that fire, as they are now. */
const currentOf = async (deps: Pick<ListAlertsDeps, 'states'>, docs: readonly FiringAlertDoc[]) => {
  const firing = docs.filter((doc) => doc.state === 'firing')
  const states = firing.length > 0 ? await deps.states.findAll([...new Set(firing.map((doc) => doc.subjectId))]) : []
  return new Map(states.flatMap(({ state }) => Object.values(state.open).map((alert) => [alert.id, alert])))
}

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
  const current = await currentOf(deps, docs)
  return {
    alerts: docs.map((doc) => alertView(doc, current.get(doc._id))),
    next: docs.length === limit ? (docs.at(-1)?._id ?? null) : null,
  }
}

export const readAlert = async (deps: ListAlertsDeps, id: string) => {
  const doc = await deps.alertLogs.find(id)
  if (!doc) throw new AppError('not_found', 'There is no such alert.')
  return alertView(doc, (await currentOf(deps, [doc])).get(id))
}

/** How many alerts fire, by level. */
export const summarizeAlerts = async (deps: Pick<ListAlertsDeps, 'alertLogs'>) => {
  const [critical, high, medium] = await Promise.all(
    (['CRITICAL', 'HIGH', 'MEDIUM'] as const).map((level) => deps.alertLogs.countFiring({ level })),
  )
  const counts = { critical: critical ?? 0, high: high ?? 0, medium: medium ?? 0 }
  return { ...counts, firing: counts.critical + counts.high + counts.medium }
}

/** What fires now: how many by level, and the most severe and newest of them. */
export const readFiring = async (deps: Pick<ListAlertsDeps, 'alertLogs' | 'states'>, limit: number) => {
  const [{ firing: count, ...byLevel }, docs] = await Promise.all([summarizeAlerts(deps), deps.alertLogs.severest(limit)])
  const current = await currentOf(deps, docs)
  return { count, byLevel, alerts: docs.map((doc) => firingAlertView(doc, current.get(doc._id))) }
}
