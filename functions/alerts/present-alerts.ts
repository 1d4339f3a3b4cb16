import type { AlertLogStore, FiringAlertDoc } from '../../shared/node/mongo/alerts/alert-logs.ts'
import type { AlertStateStore } from '../../shared/node/mongo/alerts/alert-states.ts'
import type { MaintenanceWindowStore } from '../../shared/node/mongo/alerts/maintenance-windows.ts'
import type { AlertNow } from './alert-view.ts'
import { maintenanceAt } from './maintenance/maintenance.ts'

export type PresentAlertsDeps = {
  states: Pick<AlertStateStore, 'findAll'>
  windows: Pick<MaintenanceWindowStore, 'list'>
  now: () => Date
}
export type ListAlertsDeps = PresentAlertsDeps & { alertLogs: Pick<AlertLogStore, 'page' | 'find'> }

const resolved: AlertNow = { current: undefined, maintenance: null }

/** How each of `docs` is now. */
export const presentAlerts = async (
  deps: PresentAlertsDeps,
  docs: readonly FiringAlertDoc[],
): Promise<(doc: FiringAlertDoc) => AlertNow> => {
  const firing = docs.filter((doc) => doc.state === 'firing')
  if (firing.length === 0) return () => resolved
  const [states, windows] = await Promise.all([deps.states.findAll([...new Set(firing.map((doc) => doc.subjectId))]), deps.windows.list()])
  const current = new Map(states.flatMap(({ state }) => Object.values(state.open).map((alert) => [alert.id, alert])))
  const maintenance = maintenanceAt(windows, deps.now())
  return (doc) => (doc.state === 'firing' ? { current: current.get(doc._id), maintenance: maintenance(doc.subjectId) } : resolved)
}
