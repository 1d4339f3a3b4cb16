import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import type { AlertEvent, AlertEventType, NoticeKind, Observation, OpenAlert, SubjectState } from '../../../shared/alert/alert-state.ts'
import { matchRules, type Verdict } from './match-rules.ts'

export type EvaluationContext = {
  rules: readonly FiringRule[]
  staleAfterMinutes: number
  repeatIntervalMinutes: number
  /** Minutes without acknowledgement after which an alert of a level goes to further channels; `null`: never. */
  escalateAfterMinutes: Readonly<Record<OpenAlert['level'], number | null>>
  /** A maintenance window covers the subject now. */
  inMaintenance: boolean
  /** The alert of the whole fleet fires. */
  fleetFires: boolean
  /** Since when captures are watched without a break; `null`: that is not known. */
  watchedSince: Date | null
  newId: () => string
}

export type Evaluation = { state: SubjectState; events: AlertEvent[] }

const msPerMinute = 60_000

/** What explains what, the stronger first. A changed host key is never explained by something else. */
const causes: readonly string[] = ['host-key-changed', 'partner-overload', 'ssh-down', 'database-down']

const explanationOf = (ruleId: string, open: SubjectState['open'], fleetFires: boolean): string | null => {
  if (ruleId === 'fleet-failing' || ruleId === 'host-key-changed') return null
  if (fleetFires) return 'fleet-failing'
  const rank = causes.indexOf(ruleId)
  const stronger = rank === -1 ? causes : causes.slice(0, rank)
  return stronger.find((cause) => open[cause]) ?? null
}

const advance = (counter: { matched: number; unmatched: number } | undefined, isMatch: boolean) =>
  isMatch ? { matched: (counter?.matched ?? 0) + 1, unmatched: 0 } : { matched: 0, unmatched: (counter?.unmatched ?? 0) + 1 }

const eventOf = (
  alert: OpenAlert,
  type: AlertEventType,
  at: Date,
  details: { notice?: NoticeKind | null; resolvedAt?: Date; toEscalation?: boolean } = {},
): AlertEvent => ({
  key: `${alert.id}:${alert.events}`,
  n: alert.events,
  type,
  at,
  by: null,
  note: null,
  notice: details.notice ?? null,
  toEscalation: details.toEscalation ?? false,
  alert: { ...alert, resolvedAt: details.resolvedAt ?? null },
})

const open = (verdict: Extract<Verdict, { isMatch: true }>, at: Date, id: string): OpenAlert => ({
  id,
  ruleId: verdict.ruleId,
  level: verdict.level,
  message: verdict.message,
  firedAt: at,
  events: 1,
  notifiedAt: null,
  lastNotifiedAt: null,
  escalatedAt: null,
  acknowledged: null,
  dismissed: null,
  inhibitedBy: null,
})

/** The end of an alert. One whose firing was never sent leaves no message. */
export const resolve = (alert: OpenAlert, at: Date): AlertEvent =>
  eventOf({ ...alert, events: alert.events + 1 }, 'resolved', at, { resolvedAt: at, notice: alert.notifiedAt ? 'resolved' : null })

/** Fires and resolves: counts what the verdicts say, and nothing else. */
const transition = (state: SubjectState, verdicts: readonly Verdict[], at: Date, context: EvaluationContext): Evaluation => {
  const counters = { ...state.counters }
  const alerts = { ...state.open }
  const events: AlertEvent[] = []
  for (const verdict of verdicts) {
    const { ruleId } = verdict
    const counter = advance(counters[ruleId], verdict.isMatch)
    const current = alerts[ruleId]
    if (verdict.isMatch && current) alerts[ruleId] = { ...current, level: verdict.level, message: verdict.message }
    else if (verdict.isMatch && counter.matched >= verdict.for) {
      const fired = open(verdict, at, context.newId())
      alerts[ruleId] = fired
      events.push(eventOf(fired, 'fired', at))
    } else if (current && counter.unmatched >= verdict.keepFor) {
      delete alerts[ruleId]
      events.push(resolve(current, at))
    }
    if (verdict.isMatch || alerts[ruleId]) counters[ruleId] = counter
    else delete counters[ruleId]
  }
  return { state: { ...state, counters, open: alerts }, events }
}

/** What is due for an alert that fires: its first notice, an escalation or a repeat, unless something holds it back. */
const noticeDue = (alert: OpenAlert, at: Date, context: EvaluationContext): NoticeKind | null => {
  const isDismissed = alert.dismissed !== null && alert.dismissed.until > at
  if (isDismissed || context.inMaintenance || alert.inhibitedBy !== null) return null
  if (!alert.notifiedAt) return 'fired'
  if (alert.dismissed && alert.lastNotifiedAt && alert.lastNotifiedAt < alert.dismissed.until) return 'repeated'
  const since = (time: Date) => at.getTime() - time.getTime()
  // Nobody could acknowledge what was not sent, and whoever dismissed it has seen it.
  const unattendedSince = alert.dismissed && alert.dismissed.until > alert.notifiedAt ? alert.dismissed.until : alert.notifiedAt
  const escalateAfter = context.escalateAfterMinutes[alert.level]
  if (alert.acknowledged) return null
  if (escalateAfter !== null && !alert.escalatedAt && since(unattendedSince) >= escalateAfter * msPerMinute) return 'escalated'
  return alert.lastNotifiedAt && since(alert.lastNotifiedAt) >= context.repeatIntervalMinutes * msPerMinute ? 'repeated' : null
}

const announce = (evaluation: Evaluation, at: Date, context: EvaluationContext): Evaluation => {
  const events = [...evaluation.events]
  const alerts = Object.entries(evaluation.state.open).map(([ruleId, alert]): [string, OpenAlert] => {
    const current = { ...alert, inhibitedBy: explanationOf(ruleId, evaluation.state.open, context.fleetFires) }
    const notice = noticeDue(current, at, context)
    if (!notice) return [ruleId, current]
    const told: OpenAlert = {
      ...current,
      events: current.events + 1,
      notifiedAt: current.notifiedAt ?? at,
      lastNotifiedAt: notice === 'escalated' ? current.lastNotifiedAt : at,
      escalatedAt: notice === 'escalated' ? at : current.escalatedAt,
    }
    const type = notice === 'fired' ? 'notified' : notice
    events.push(eventOf(told, type, at, { notice, toEscalation: notice === 'escalated' }))
    return [ruleId, told]
  })
  return { state: { ...evaluation.state, open: Object.fromEntries(alerts) }, events }
}

/** After a time so long that all data is stale, watching starts over. */
const watchedSince = (state: SubjectState, at: Date, { staleAfterMinutes }: EvaluationContext): Date => {
  const isBreak = !state.lastObservedAt || at.getTime() - state.lastObservedAt.getTime() >= staleAfterMinutes * msPerMinute
  return isBreak ? at : (state.watchedSince ?? at)
}

/**
 * What an observation makes of a subject's state, and what happened by it. Pure but for `newId`. An observation that is not newer than the last
 * one of its kind changes nothing.
 */
export const evaluate = (state: SubjectState, observation: Observation, context: EvaluationContext): Evaluation => {
  const { at } = observation
  if (observation.kind !== 'tick' && state.lastObservedAt && at <= state.lastObservedAt) return { state, events: [] }
  const observed: SubjectState = {
    ...state,
    lastObservedAt: observation.kind === 'tick' ? state.lastObservedAt : at,
    lastSnapshotAt: observation.kind === 'snapshot' ? at : state.lastSnapshotAt,
    watchedSince: observation.kind === 'fleet' ? watchedSince(state, at, context) : state.watchedSince,
  }
  const verdicts = matchRules(state, observation, context)
  return announce(transition(observed, verdicts, at, context), at, context)
}
