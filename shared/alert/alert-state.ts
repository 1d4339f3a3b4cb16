import type { Hop } from '../reach/reach-error.ts'
import type { FiringLevel, Metrics } from '../snapshot/snapshot.ts'

/** Rules that come from the fleet's state instead of metrics. */
export const systemRuleIds = [
  'fleet-failing',
  'host-key-changed',
  'partner-overload',
  'ssh-down',
  'database-down',
  'stale',
  'certificate-ending',
] as const
export type SystemRuleId = (typeof systemRuleIds)[number]

/** An alert that fires. `notifiedAt`: when its firing was handed to delivery. `events`: how many things happened to it. */
export type OpenAlert = {
  id: string
  ruleId: string
  level: FiringLevel
  message: string
  firedAt: Date
  events: number
  notifiedAt: Date | null
  lastNotifiedAt: Date | null
  escalatedAt: Date | null
  acknowledged: { at: Date; by: string; note: string | null } | null
  dismissed: { at: Date; by: string; reason: string; until: Date } | null
  inhibitedBy: string | null
}

/** How often in a row a rule matched, or did not match while its alert fires. */
type RuleCounter = { matched: number; unmatched: number }

/** What is known of one subject: a partner, or the fleet. */
export type SubjectState = {
  lastObservedAt: Date | null
  lastSnapshotAt: Date | null
  /** Of the fleet: since when captures are watched without a break, so that what nobody watched is not called stale. */
  watchedSince: Date | null
  counters: Record<string, RuleCounter>
  open: Record<string, OpenAlert>
}

export const emptyState: SubjectState = { lastObservedAt: null, lastSnapshotAt: null, watchedSince: null, counters: {}, open: {} }

/** What was seen at `at`. `certificateEndsAt`: of the database, where its connection is encrypted. A `failure` says nothing about metrics; a `tick` is the passing of time. */
export type Observation =
  | { kind: 'snapshot'; at: Date; metrics: Metrics; certificateEndsAt?: Date | null }
  | { kind: 'failure'; at: Date; stage: string; hop?: Hop | undefined; reason: string; message: string; consecutiveFailures: number }
  | { kind: 'fleet'; at: Date; failing: number; active: number }
  | { kind: 'tick'; at: Date }

export type NoticeKind = 'fired' | 'repeated' | 'escalated' | 'acknowledged' | 'resolved'
export type AlertEventType = 'fired' | 'resolved' | 'repeated' | 'escalated' | 'acknowledged' | 'dismissed' | 'undismissed' | 'notified'

/** One thing that happened to an alert, with the alert as it then was. `notice`: what is delivered of it. */
export type AlertEvent = {
  /** `<alert id>:<n>`, the same however often it is copied to the outbox. */
  key: string
  n: number
  type: AlertEventType
  at: Date
  by: string | null
  note: string | null
  notice: NoticeKind | null
  toEscalation: boolean
  alert: OpenAlert & { resolvedAt: Date | null }
}
