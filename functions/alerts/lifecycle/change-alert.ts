import type { AlertEvent, OpenAlert, SubjectState } from '../../../shared/alert/alert-state.ts'
import { type AuditAction, alertTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertLogStore } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import { type FillOutboxDeps, fillOutbox } from '../delivery/fill-outbox.ts'
import { changeSubject, type ObserveDeps } from './change-subject.ts'
import { type Evaluation, evaluate } from './evaluate.ts'

export type ChangeAlertDeps = ObserveDeps &
  FillOutboxDeps & {
    alertLogs: Pick<AlertLogStore, 'find' | 'record'>
    audit: Pick<AuditLog, 'record'>
    changed: () => void
    now: () => Date
  }

/** `fields` throws what keeps an alert from changing so. */
type Change = {
  type: 'acknowledged' | 'dismissed' | 'undismissed'
  action: AuditAction
  fields: (alert: OpenAlert) => Partial<OpenAlert>
  note: string | null
}

const applyTo = (state: SubjectState, alertId: string, actor: Actor, at: Date, change: Change): Evaluation => {
  const found = Object.entries(state.open).find(([, alert]) => alert.id === alertId)
  if (!found) throw new AppError('conflict', 'This alert has resolved.')
  const [ruleId, alert] = found
  const changed: OpenAlert = { ...alert, ...change.fields(alert), events: alert.events + 1 }
  const event: AlertEvent = {
    key: `${alert.id}:${changed.events}`,
    n: changed.events,
    type: change.type,
    at,
    by: actor.name,
    note: change.note,
    notice: change.type === 'acknowledged' && alert.notifiedAt ? 'acknowledged' : null,
    toEscalation: false,
    alert: { ...changed, resolvedAt: null },
  }
  return { state: { ...state, open: { ...state.open, [ruleId]: changed } }, events: [event] }
}

/** Changes an alert that fires, in its state and journal at once, and tells what is due. @throws AppError `not_found`, `conflict` */
export const changeAlert = async (deps: ChangeAlertDeps, actor: Actor, alertId: string, change: Change) => {
  const stored = await deps.alertLogs.find(alertId)
  if (!stored) throw new AppError('not_found', 'There is no such alert.')
  const at = deps.now()
  const [event] = await changeSubject(deps, stored.subjectId, at, (state, context) => {
    const changed = applyTo(state, alertId, actor, at, change)
    const due = evaluate(changed.state, { kind: 'tick', at }, context)
    return { state: due.state, events: [...changed.events, ...due.events] }
  })
  await deps.audit.record({
    actor,
    action: change.action,
    target: alertTarget(stored),
    before: null,
    after: event ? { acknowledged: event.alert.acknowledged, dismissed: event.alert.dismissed } : null,
  })
  await fillOutbox(deps)
  deps.changed()
}
