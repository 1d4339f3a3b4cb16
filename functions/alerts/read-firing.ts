import type { AlertLogStore } from '../../shared/node/mongo/alerts/alert-logs.ts'
import { firingLevels } from '../../shared/snapshot/snapshot.ts'
import { firingAlertView } from './alert-view.ts'
import { type PresentAlertsDeps, presentAlerts } from './present-alerts.ts'

export type ReadFiringDeps = PresentAlertsDeps & { alertLogs: Pick<AlertLogStore, 'countFiring' | 'severest'> }

/** How many alerts fire, by level. */
export const summarizeAlerts = async (deps: Pick<ReadFiringDeps, 'alertLogs'>) => {
  const [critical, high, medium] = await Promise.all(firingLevels.map((level) => deps.alertLogs.countFiring({ level })))
  const counts = { critical: critical ?? 0, high: high ?? 0, medium: medium ?? 0 }
  return { ...counts, firing: counts.critical + counts.high + counts.medium }
}

/** What fires now: how many by level, and the most severe and newest of them. */
export const readFiring = async (deps: ReadFiringDeps, limit: number) => {
  const [{ firing: count, ...byLevel }, docs] = await Promise.all([summarizeAlerts(deps), deps.alertLogs.severest(limit)])
  const present = await presentAlerts(deps, docs)
  return { count, byLevel, alerts: docs.map((doc) => firingAlertView(doc, present(doc))) }
}
