import type { OpenAlert } from '../../../shared/alert/alert-state.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { type ChangeAlertDeps, changeAlert } from './change-alert.ts'

/** Ends a dismissal now: an alert that still fires is sent. */
export const undismissAlert = (deps: ChangeAlertDeps, actor: Actor, alertId: string) => {
  const at = deps.now()
  const fields = ({ dismissed }: OpenAlert) => {
    if (!dismissed || dismissed.until <= at) throw new AppError('conflict', 'This alert is not dismissed.')
    return { dismissed: { ...dismissed, until: at } }
  }
  return changeAlert(deps, actor, alertId, { type: 'undismissed', action: 'alert.undismiss', fields, note: null })
}
