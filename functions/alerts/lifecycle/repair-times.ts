import type { OpenAlert, SubjectState } from '../../../shared/alert/alert-state.ts'
import { clockTarget } from '../../../shared/audit.ts'
import type { Log } from '../../../shared/log.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import type { AlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import { clockToleranceMs } from '../../../shared/settings.ts'
import { groupIntervalMs, leaseMs, maxDelayMs } from '../delivery/dispatch.ts'
import { changeSubject, type ObserveDeps } from './change-subject.ts'

export type RepairTimesDeps = ObserveDeps & {
  states: Pick<AlertStateStore, 'ahead'>
  channels: Pick<AlertChannelStore, 'repairDispatch'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
  log: Log
}

/** A state in which nothing was seen or sent later than `now`. What somebody chose, the end of a dismissal, stays. */
export const pullBack = (state: SubjectState, now: Date): SubjectState => {
  const past = <At extends Date | null>(at: At) => (at !== null && at > now ? now : at) as At
  const pullAlert = (alert: OpenAlert): OpenAlert => ({
    ...alert,
    firedAt: past(alert.firedAt),
    notifiedAt: past(alert.notifiedAt),
    lastNotifiedAt: past(alert.lastNotifiedAt),
    escalatedAt: past(alert.escalatedAt),
  })
  return {
    ...state,
    lastObservedAt: past(state.lastObservedAt),
    lastSnapshotAt: past(state.lastSnapshotAt),
    watchedSince: past(state.watchedSince),
    open: Object.fromEntries(Object.entries(state.open).map(([ruleId, alert]) => [ruleId, pullAlert(alert)])),
  }
}

/**
 * Pulls back what a clock that was ahead left in the future: what was last seen, before which nothing would be evaluated, and when channels
 * may send again. Safe to repeat, in any number of processes.
 */
export const repairTimes = async (deps: RepairTimesDeps): Promise<void> => {
  const now = deps.now()
  const later = (ms: number) => new Date(now.getTime() + ms + clockToleranceMs)
  const ahead = await deps.states.ahead(later(0))
  for (const id of ahead) await changeSubject(deps, id, now, (state) => ({ state: pullBack(state, now), events: [] }))
  const channels = await deps.channels.repairDispatch({
    now,
    latestLease: later(leaseMs),
    latestSend: later(groupIntervalMs),
    // A receiver may have asked for a longer wait, unless the clock is known to have been wrong.
    latestRetry: ahead.length > 0 ? later(maxDelayMs) : null,
  })
  const after = { subjects: ahead.length, channels }
  if (after.subjects + after.channels === 0) return
  deps.log.warn({ run: 'clock', ...after }, 'times of the future were set to now')
  await deps.audit.record({ actor: 'system', action: 'clock.repair', target: clockTarget, before: null, after })
}
