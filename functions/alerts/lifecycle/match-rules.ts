import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { matches, messageOf } from '../../../shared/alert/alert-rules.ts'
import { type Observation, type SubjectState, type SystemRuleId, systemRuleIds } from '../../../shared/alert/alert-state.ts'
import type { FiringLevel } from '../../../shared/snapshot/snapshot.ts'

/** What one rule says of an observation: it matches with a level and a message, or it does not. */
export type Verdict = { ruleId: string; for: number; keepFor: number } & (
  | { isMatch: true; level: FiringLevel; message: string }
  | { isMatch: false }
)

type MatchContext = { rules: readonly FiringRule[]; staleAfterMinutes: number; watchedSince: Date | null }

const sshStages = new Set(['ssh-connect', 'host-key', 'ssh-auth', 'tunnel'])
/** A failure of these may have come before the server showed its key. */
const keylessStages = new Set(['ssh-connect', 'host-key'])
const failuresUntilDown = 3
const msPerMinute = 60_000
const msPerDay = 86_400_000
const certificateWarningDays = 14

const system = (ruleId: SystemRuleId, level: FiringLevel, isMatch: boolean, message: string): Verdict =>
  isMatch ? { ruleId, for: 1, keepFor: 1, isMatch, level, message } : { ruleId, for: 1, keepFor: 1, isMatch }

const metricVerdict = (rule: FiringRule, observation: Extract<Observation, { kind: 'snapshot' }>): Verdict => {
  const { id: ruleId, level, keepFor } = rule
  const common = { ruleId, for: rule.for, keepFor }
  return rule.isOn && matches(rule, observation.metrics)
    ? { ...common, isMatch: true, level, message: messageOf(rule, observation.metrics) }
    : { ...common, isMatch: false }
}

const failureVerdicts = ({ stage, hop, reason, message, consecutiveFailures }: Extract<Observation, { kind: 'failure' }>): Verdict[] => {
  const isSsh = sshStages.has(stage)
  const isDown = consecutiveFailures >= failuresUntilDown
  const text = `${consecutiveFailures} captures in a row failed (${reason}): ${message}`
  const isChanged = reason === 'host-key-changed'
  // What fails at a hop says nothing of the keys behind it.
  const keySeen = isChanged || (!hop && (reason.startsWith('host-key-') || !keylessStages.has(stage)))
  return [
    ...(keySeen ? [system('host-key-changed', 'CRITICAL', isChanged, message)] : []),
    ...(reason === 'partner-overload' ? [system('partner-overload', 'HIGH', true, message)] : []),
    ...(isDown || !isSsh ? [system('ssh-down', 'HIGH', isSsh, text)] : []),
    // Behind an SSH server that does not answer, the database is unknown: that neither fires nor resolves its alert.
    ...(isDown && !isSsh ? [system('database-down', 'HIGH', true, text)] : []),
  ]
}

const staleVerdict = ({ lastSnapshotAt }: SubjectState, at: Date, { staleAfterMinutes, watchedSince }: MatchContext): Verdict[] => {
  if (!lastSnapshotAt) return []
  const waitedSince = Math.max(lastSnapshotAt.getTime(), watchedSince?.getTime() ?? 0)
  const isStale = at.getTime() - waitedSince >= staleAfterMinutes * msPerMinute
  return isStale ? [system('stale', 'MEDIUM', true, `No snapshot since ${lastSnapshotAt.toISOString()}`)] : []
}

const certificateVerdict = ({ at, certificateEndsAt }: Extract<Observation, { kind: 'snapshot' }>): Verdict => {
  const leftMs = certificateEndsAt ? certificateEndsAt.getTime() - at.getTime() : Number.POSITIVE_INFINITY
  const message = `The certificate of the database ${leftMs > 0 ? 'ends' : 'ended'} on ${certificateEndsAt?.toISOString().slice(0, 10)}`
  return system('certificate-ending', 'MEDIUM', leftMs <= certificateWarningDays * msPerDay, message)
}

const fleetVerdict = ({ failing, active }: Extract<Observation, { kind: 'fleet' }>): Verdict =>
  system('fleet-failing', 'CRITICAL', failing >= 2 && failing * 2 >= active, `${failing} of ${active} active partners fail at once`)

/** What the rules say of an observation. A rule of which it says nothing has no verdict: unknown neither fires nor resolves. */
export const matchRules = (state: SubjectState, observation: Observation, context: MatchContext): Verdict[] => {
  const { rules } = context
  switch (observation.kind) {
    case 'fleet':
      return [fleetVerdict(observation)]
    case 'failure':
      return [...failureVerdicts(observation), ...staleVerdict(state, observation.at, context)]
    case 'tick':
      return staleVerdict(state, observation.at, context)
    case 'snapshot': {
      const recovered = (['host-key-changed', 'partner-overload', 'ssh-down', 'database-down', 'stale'] as const).map((id) =>
        system(id, 'HIGH', false, ''),
      )
      const known = new Set(rules.map((rule) => rule.id))
      const removed = Object.keys(state.open).filter((id) => !known.has(id) && !systemRuleIds.some((own) => own === id))
      return [
        ...rules.map((rule) => metricVerdict(rule, observation)),
        ...removed.map((ruleId): Verdict => ({ ruleId, for: 1, keepFor: 1, isMatch: false })),
        ...recovered,
        certificateVerdict(observation),
      ]
    }
  }
}
