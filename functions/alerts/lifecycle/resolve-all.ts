import { type AlertEvent, emptyState, type SubjectState } from '../../../shared/alert/alert-state.ts'
import { resolve } from './evaluate.ts'

/** Resolves whatever is open and forgets the rest: the subject is not watched any more. */
export const resolveAll = (state: SubjectState, at: Date): { state: SubjectState; events: AlertEvent[] } => ({
  state: { ...emptyState, lastObservedAt: state.lastObservedAt },
  events: Object.values(state.open).map((alert) => resolve(alert, at)),
})
