import { clockTarget } from '../../shared/audit.ts'
import type { Log } from '../../shared/log.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { captureLimitMs, clockToleranceMs, type Settings } from '../../shared/settings.ts'

export type RepairScheduleDeps = {
  partners: Pick<PartnerStore, 'repairSchedule'>
  settings: { read: () => Promise<Settings> }
  audit: Pick<AuditLog, 'record'>
  now: () => Date
  log: Log
}

/**
 * Makes due at once what is due later than an interval explains, and frees leases that last longer than a capture may: a clock that was
 * ahead wrote them. Safe to repeat, in any number of processes.
 */
export const repairSchedule = async (deps: RepairScheduleDeps): Promise<void> => {
  const settings = await deps.settings.read()
  const now = deps.now()
  const later = (ms: number) => new Date(now.getTime() + ms + clockToleranceMs)
  const repaired = await deps.partners.repairSchedule({
    now,
    latestDue: later(settings.captureIntervalSeconds * 1000),
    latestLease: later(captureLimitMs(settings)),
  })
  if (repaired.due + repaired.leases === 0) return
  deps.log.warn({ run: 'clock', ...repaired }, 'due times of the future were set to now')
  await deps.audit.record({ actor: 'system', action: 'clock.repair', target: clockTarget, before: null, after: repaired })
}
