import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { type AlertEvent, emptyState, type Observation, type SubjectState } from '../../../shared/alert/alert-state.ts'
import type { AlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import type { MaintenanceWindowStore } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import type { Settings } from '../../../shared/settings.ts'
import { coversSubject } from '../maintenance/maintenance.ts'
import { type Evaluation, type EvaluationContext, evaluate } from './evaluate.ts'

/** The subject of alerts about all partners. */
export const fleetSubject = 'fleet'

export type ObserveDeps = {
  states: Pick<AlertStateStore, 'find' | 'save'>
  rules: { read: () => Promise<readonly FiringRule[]> }
  settings: { read: () => Promise<Settings> }
  windows: Pick<MaintenanceWindowStore, 'list'>
  newId: () => string
}

type Change = (state: SubjectState, context: EvaluationContext) => Evaluation

/** What the evaluation of a subject depends on beside its own state. */
type ContextOf = (subjectId: string, at: Date) => EvaluationContext

/** Reads the fleet's state, and what the evaluation of any subject depends on. */
export const readContext = async (deps: ObserveDeps): Promise<{ fleet: SubjectState; contextOf: ContextOf }> => {
  const [rules, settings, windows, stored] = await Promise.all([
    deps.rules.read(),
    deps.settings.read(),
    deps.windows.list(),
    deps.states.find(fleetSubject),
  ])
  const fleet = stored?.state ?? emptyState
  const contextOf: ContextOf = (subjectId, at) => ({
    rules,
    staleAfterMinutes: settings.staleAfterMinutes,
    repeatIntervalMinutes: settings.repeatIntervalMinutes,
    escalateAfterMinutes: {
      CRITICAL: settings.escalateCriticalAfterMinutes || null,
      HIGH: settings.escalateHighAfterMinutes || null,
      MEDIUM: settings.escalateMediumAfterMinutes || null,
    },
    inMaintenance: coversSubject(windows, subjectId, at),
    fleetFires: fleet.open['fleet-failing'] !== undefined,
    watchedSince: fleet.watchedSince,
    newId: deps.newId,
  })
  return { fleet, contextOf }
}

/** What a change makes of a state; `null`: nothing. */
export const applyChange = (change: Change, before: SubjectState, context: EvaluationContext): Evaluation | null => {
  const after = change(before, context)
  return after.events.length === 0 && JSON.stringify(after.state) === JSON.stringify(before) ? null : after
}

/** Changes a subject's state and adds to its journal in one write; repeats the change on top of what another process wrote meanwhile. */
export const changeSubject = async (
  deps: ObserveDeps,
  subjectId: string,
  at: Date,
  change: Change,
  contextOf?: ContextOf,
): Promise<AlertEvent[]> => {
  const context = (contextOf ?? (await readContext(deps)).contextOf)(subjectId, at)
  for (;;) {
    const stored = await deps.states.find(subjectId)
    const after = applyChange(change, stored?.state ?? emptyState, context)
    if (!after) return []
    if (await deps.states.save(subjectId, stored?.version ?? 0, after.state, after.events)) return after.events
  }
}

/** Evaluates one observation of a partner or the fleet. */
export const observe = (deps: ObserveDeps, subjectId: string, observation: Observation, contextOf?: ContextOf): Promise<AlertEvent[]> =>
  changeSubject(deps, subjectId, observation.at, (state, context) => evaluate(state, observation, context), contextOf)
