import { type AlertEvent, emptyState, type FiringRule, type Observation, type SubjectState } from '../../shared/alert-state.ts'
import type { AlertStateStore } from '../../shared/mongo/alert-states.ts'
import type { MaintenanceWindowStore } from '../../shared/mongo/maintenance-windows.ts'
import type { Settings } from '../../shared/settings.ts'
import { type EvaluationContext, evaluate } from './evaluate.ts'
import { coversSubject } from './maintenance.ts'

/** The subject of alerts about all partners. */
export const fleetSubject = 'fleet'

export type ObserveDeps = {
  states: Pick<AlertStateStore, 'find' | 'save'>
  rules: { read: () => Promise<readonly FiringRule[]> }
  settings: { read: () => Promise<Settings> }
  windows: Pick<MaintenanceWindowStore, 'list'>
  newId: () => string
}

type Change = (state: SubjectState, context: EvaluationContext) => { state: SubjectState; events: AlertEvent[] }

const contextOf = async (deps: ObserveDeps, subjectId: string, at: Date): Promise<EvaluationContext> => {
  const [rules, settings, windows, fleet] = await Promise.all([
    deps.rules.read(),
    deps.settings.read(),
    deps.windows.list(),
    subjectId === fleetSubject ? null : deps.states.find(fleetSubject),
  ])
  return {
    rules,
    staleAfterMinutes: settings.staleAfterMinutes,
    repeatIntervalMinutes: settings.repeatIntervalMinutes,
    escalateAfterMinutes: {
      CRITICAL: settings.escalateCriticalAfterMinutes || null,
      HIGH: settings.escalateHighAfterMinutes || null,
      MEDIUM: settings.escalateMediumAfterMinutes || null,
    },
    inMaintenance: coversSubject(windows, subjectId, at),
    fleetFires: fleet?.state.open['fleet-failing'] !== undefined,
    watchedSince: fleet?.state.watchedSince ?? null,
    newId: deps.newId,
  }
}

/** Changes a subject's state and adds to its journal in one write; repeats the change on top of what another process wrote meanwhile. */
export const changeSubject = async (deps: ObserveDeps, subjectId: string, at: Date, change: Change): Promise<AlertEvent[]> => {
  const context = await contextOf(deps, subjectId, at)
  for (;;) {
    const stored = await deps.states.find(subjectId)
    const before = stored?.state ?? emptyState
    const { state, events } = change(before, context)
    if (events.length === 0 && JSON.stringify(state) === JSON.stringify(before)) return []
    if (await deps.states.save(subjectId, stored?.version ?? 0, state, events)) return events
  }
}

/** Evaluates one observation of a partner or the fleet. */
export const observe = (deps: ObserveDeps, subjectId: string, observation: Observation): Promise<AlertEvent[]> =>
  changeSubject(deps, subjectId, observation.at, (state, context) => evaluate(state, observation, context))
