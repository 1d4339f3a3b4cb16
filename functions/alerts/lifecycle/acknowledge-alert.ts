import type { Actor } from '../../../shared/http/app-env.ts'
import { type ChangeAlertDeps, changeAlert } from './change-alert.ts'

/** Says that somebody works on an alert: it is not repeated or escalated any more. */
export const acknowledgeAlert = (deps: ChangeAlertDeps, actor: Actor, alertId: string, note: string | null) => {
  const acknowledged = { at: deps.now(), by: actor.name, note }
  return changeAlert(deps, actor, alertId, { type: 'acknowledged', action: 'alert.acknowledge', fields: () => ({ acknowledged }), note })
}
