import { invalidField } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { type ChangeAlertDeps, changeAlert } from './change-alert.ts'

const maxDismissalMs = 30 * 86_400_000

/** Holds an alert back until a time, at most 30 days ahead. It is still evaluated, and sent if it fires when the time has come. */
export const dismissAlert = async (deps: ChangeAlertDeps, actor: Actor, alertId: string, input: { until: Date; reason: string }) => {
  const at = deps.now()
  if (input.until <= at) throw invalidField('until', 'must be in the future')
  if (input.until.getTime() - at.getTime() > maxDismissalMs) throw invalidField('until', 'must be at most 30 days ahead')
  const dismissed = { at, by: actor.name, reason: input.reason, until: input.until }
  await changeAlert(deps, actor, alertId, {
    type: 'dismissed',
    action: 'alert.dismiss',
    fields: () => ({ dismissed }),
    note: input.reason,
  })
}
