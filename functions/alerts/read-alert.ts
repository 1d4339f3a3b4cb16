import { AppError } from '../../shared/errors.ts'
import { alertView } from './alert-view.ts'
import { type ListAlertsDeps, presentAlerts } from './present-alerts.ts'

export const readAlert = async (deps: ListAlertsDeps, id: string) => {
  const doc = await deps.alertLogs.find(id)
  if (!doc) throw new AppError('not_found', 'There is no such alert.')
  return alertView(doc, (await presentAlerts(deps, [doc]))(doc))
}
