import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { emptyState } from '../../../shared/alert/alert-state.ts'
import type { PartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import type { CaptureDoc, SnapshotStore } from '../../../shared/node/mongo/partners/snapshots.ts'
import { evaluate } from '../lifecycle/evaluate.ts'

export type PreviewRulesDeps = { partners: Pick<PartnerStore, 'activeIds'>; snapshots: Pick<SnapshotStore, 'range'>; now: () => Date }

const msPerHour = 3_600_000
const never = { CRITICAL: null, HIGH: null, MEDIUM: null }

type PreviewedAlert = {
  partnerId: string
  ruleId: string
  level: FiringRule['level']
  message: string
  firedAt: string
  resolvedAt: string | null
}

/** Replays one partner's captures, oldest first: a gap changes nothing. */
const replay = (partnerId: string, captures: readonly CaptureDoc[], rules: readonly FiringRule[]): PreviewedAlert[] => {
  const alerts = new Map<string, PreviewedAlert>()
  let state = emptyState
  let fired = 0
  for (const capture of captures) {
    if (!capture.ok) continue
    const context = {
      rules,
      staleAfterMinutes: Number.POSITIVE_INFINITY,
      repeatIntervalMinutes: Number.POSITIVE_INFINITY,
      escalateAfterMinutes: never,
      inMaintenance: true,
      fleetFires: false,
      watchedSince: null,
      newId: () => String(fired++),
    }
    const evaluation = evaluate(state, { kind: 'snapshot', at: capture.snapshotTime, metrics: capture }, context)
    state = evaluation.state
    for (const { type, at, alert } of evaluation.events) {
      const { ruleId, level, message } = alert
      if (type === 'fired') alerts.set(alert.id, { partnerId, ruleId, level, message, firedAt: at.toISOString(), resolvedAt: null })
      const known = alerts.get(alert.id)
      if (type === 'resolved' && known) known.resolvedAt = at.toISOString()
    }
  }
  return [...alerts.values()]
}

/** What a rule set would have fired over the last hours of stored snapshots, and when. Ends when the signal aborts. */
export const previewRules = async (
  deps: PreviewRulesDeps,
  rules: readonly FiringRule[],
  options: { hours: number; partnerIds: readonly string[] | undefined; signal: AbortSignal },
): Promise<PreviewedAlert[]> => {
  const to = deps.now()
  const from = new Date(to.getTime() - options.hours * msPerHour)
  const alerts: PreviewedAlert[] = []
  for (const partnerId of options.partnerIds ?? (await deps.partners.activeIds())) {
    options.signal.throwIfAborted()
    alerts.push(...replay(partnerId, await deps.snapshots.range(partnerId, from, new Date(to.getTime() + 1)), rules))
  }
  return alerts.sort((left, right) => left.firedAt.localeCompare(right.firedAt))
}
