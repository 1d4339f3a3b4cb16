import { AppError } from '../../shared/errors.ts'
import type { AlertLogStore, FiringAlertDoc } from '../../shared/node/mongo/alerts/alert-logs.ts'
import type { AlertStateStore } from '../../shared/node/mongo/alerts/alert-states.ts'
import type { MaintenanceWindowStore } from '../../shared/node/mongo/alerts/maintenance-windows.ts'
import { firingLevels } from '../../shared/snapshot/snapshot.ts'
import { type AlertNow, alertView, firingAlertView } from './alert-view.ts'
import { maintenanceAt } from './maintenance/maintenance.ts'
import type { AlertQuery } from './schema.ts'

export type ReadFiringDeps = {
  alertLogs: Pick<AlertLogStore, 'countFiring' | 'severest'>
  states: Pick<AlertStateStore, 'findAll'>
  windows: Pick<MaintenanceWindowStore, 'list'>
  now: () => Date
}
export type ListAlertsDeps = ReadFiringDeps & { alertLogs: Pick<AlertLogStore, 'page' | 'find'> }

const resolved: AlertNow = { current: undefined, maintenance: null }

/** How each of `docs` is now. */
const presentOf = async (deps: ReadFiringDeps, docs: readonly FiringAlertDoc[]): Promise<(doc: FiringAlertDoc) => AlertNow> => {
  const firing = docs.filter((doc) => doc.state === 'firing')
  if (firing.length === 0) return () => resolved
  const [states, windows] = await Promise.all([deps.states.findAll([...new Set(firing.map((doc) => doc.subjectId))]), deps.windows.list()])
  const current = new Map(states.flatMap(({ state }) => Object.values(state.open).map((alert) => [alert.id, alert])))
  const maintenance = maintenanceAt(windows, deps.now())
  return (doc) => (doc.state === 'firing' ? { current: current.get(doc._id), maintenance: maintenance(doc.subjectId) } : resolved)
}

/** Alerts, newest first. `dismissed`: those that fire and are held back now. */
export const listAlerts = async (deps: ListAlertsDeps, query: AlertQuery) => {
  const { state, limit, ...filter } = query
  const chosen = state === 'dismissed' ? { dismissedAt: deps.now() } : { state }
  const docs = await deps.alertLogs.page({ ...filter, ...chosen }, limit)
  const present = await presentOf(deps, docs)
  return {
    alerts: docs.map((doc) => alertView(doc, present(doc))),
    next: docs.length === limit ? (docs.at(-1)?._id ?? null) : null,
  }
}

export const readAlert = async (deps: ListAlertsDeps, id: string) => {
  const doc = await deps.alertLogs.find(id)
  if (!doc) throw new AppError('not_found', 'There is no such alert.')
  return alertView(doc, (await presentOf(deps, [doc]))(doc))
}

/** How many alerts fire, by level. */
export const summarizeAlerts = async (deps: Pick<ReadFiringDeps, 'alertLogs'>) => {
  const [critical, high, medium] = await Promise.all(firingLevels.map((level) => deps.alertLogs.countFiring({ level })))
  const counts = { critical: critical ?? 0, high: high ?? 0, medium: medium ?? 0 }
  return { ...counts, firing: counts.critical + counts.high + counts.medium }
}

/** What fires now: how many by level, and the most severe and newest of them. */
export const readFiring = async (deps: ReadFiringDeps, limit: number) => {
  const [{ firing: count, ...byLevel }, docs] = await Promise.all([summarizeAlerts(deps), deps.alertLogs.severest(limit)])
  const present = await presentOf(deps, docs)
  return { count, byLevel, alerts: docs.map((doc) => firingAlertView(doc, present(doc))) }
}
