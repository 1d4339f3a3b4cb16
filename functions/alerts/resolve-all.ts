import type { AlertEvent, SubjectState } from '../../shared/alert-state.ts'
import { resolve } from './evaluate.ts'

/** Resolves whatever is open: the subject is not watched any more. */
export const resolveAll = (state: SubjectState, at: Date): { state: SubjectState; events: AlertEvent[] } => ({
  state: { ...state, counters: {}, open: {} },
  events: Object.values(state.open).map((alert) => resolve(alert, at)),
})
