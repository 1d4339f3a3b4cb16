import { type AlertEvent, emptyState, type SubjectState } from '../../../shared/alert/alert-state.ts'
import type { AlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import type { PartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import { applyChange, changeSubject, fleetSubject, readContext } from './change-subject.ts'
import { type Evaluation, type EvaluationContext, evaluate, resolve } from './evaluate.ts'
import { lastObservation, type ObservePartnerDeps, observeFleet } from './observe-partner.ts'
import { type RepairTimesDeps, repairTimes } from './repair-times.ts'

export type TickAlertsDeps = ObservePartnerDeps &
  RepairTimesDeps & {
    partners: Pick<PartnerStore, 'list'>
    states: Pick<AlertStateStore, 'all'>
  }

/** Resolves whatever is open and forgets the rest: the subject is not watched any more. */
export const resolveAll = (state: SubjectState, at: Date): { state: SubjectState; events: AlertEvent[] } => ({
  state: { ...emptyState, lastObservedAt: state.lastObservedAt },
  events: Object.values(state.open).map((alert) => resolve(alert, at)),
})

/**
 * Lets time pass for every subject: stale data, repeats, escalations, and dismissals and windows that end. It also evaluates captures that were
 * stored by a process that died before it could, and resolves the alerts of partners that are gone or inactive.
 */
export const tickAlerts = async (deps: TickAlertsDeps): Promise<void> => {
  const at = deps.now()
  const partners = new Map((await deps.partners.list({ isActive: true })).map((partner) => [partner._id, partner]))
  await repairTimes(deps)
  await observeFleet(deps)
  const { contextOf } = await readContext(deps)
  const stored = new Map((await deps.states.all()).map((doc) => [doc._id, doc.state]))
  for (const [id, partner] of partners) {
    const missed = lastObservation(partner, at)
    const seenAt = stored.get(id)?.lastObservedAt
    const isMissed = missed !== null && (!seenAt || seenAt < missed.at)
    const state = stored.get(id) ?? emptyState
    const pass = (before: SubjectState, context: EvaluationContext): Evaluation => {
      const seen = isMissed ? evaluate(before, missed, context) : { state: before, events: [] }
      const passed = evaluate(seen.state, { kind: 'tick', at }, context)
      return { state: passed.state, events: [...seen.events, ...passed.events] }
    }
    // Most of the time nothing is due: that is known without a round trip for each partner.
    if (applyChange(pass, state, contextOf(id, at))) await changeSubject(deps, id, at, pass)
  }
  for (const [id, state] of stored)
    if (id !== fleetSubject && !partners.has(id) && (state.lastSnapshotAt || Object.keys(state.open).length > 0))
      await changeSubject(deps, id, at, (before) => resolveAll(before, at))
}
