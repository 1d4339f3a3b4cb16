import type { AlertEvent, Observation, SubjectState } from '../../../shared/alert/alert-state.ts'
import type { PartnerDoc, PartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import { clockToleranceMs } from '../../../shared/settings.ts'
import { partnersCovered } from '../maintenance/maintenance.ts'
import { fleetSubject, type ObserveDeps, observe, readContext } from './change-subject.ts'

export type ObservePartnerDeps = ObserveDeps & { partners: Pick<PartnerStore, 'find' | 'countActive'>; now: () => Date }

/** So many failures in a row count a partner as failing for the fleet: one less than its own alert needs, so that the fleet's comes first. */
const fleetFailures = 2
/** While all is well, the fleet is looked at no more often by captures. */
const fleetEveryMs = 15_000

const storedObservation = ({ sync, latest }: Pick<PartnerDoc, 'sync' | 'latest'>): Observation | null => {
  if (sync.lastError) {
    const { at, stage, hop, reason, message } = sync.lastError
    return { kind: 'failure', at, stage, ...(hop && { hop }), reason, message, consecutiveFailures: sync.consecutiveFailures }
  }
  return latest && { kind: 'snapshot', at: latest.snapshotTime, metrics: latest, certificateEndsAt: sync.certificateEndsAt ?? null }
}

/** The last capture as its partner's document tells it; `null`: there was none, or it is of a clock that was ahead. */
export const lastObservation = (partner: Pick<PartnerDoc, 'sync' | 'latest'>, now: Date): Observation | null => {
  const observation = storedObservation(partner)
  return observation && observation.at.getTime() - now.getTime() > clockToleranceMs ? null : observation
}

/** Counts the partners that fail; those whose maintenance is planned count for nothing. */
export const observeFleet = async (deps: ObservePartnerDeps): Promise<AlertEvent[]> => {
  const at = deps.now()
  const planned = partnersCovered(await deps.windows.list(), at)
  const { active, failing } = await deps.partners.countActive({ failures: fleetFailures, except: planned })
  return observe(deps, fleetSubject, { kind: 'fleet', at, failing, active })
}

/** Whether a capture may tell something new of the fleet, or nobody has looked at it for a while. */
const isFleetDue = (fleet: SubjectState, { kind, at }: Observation): boolean =>
  kind === 'failure' ||
  fleet.open['fleet-failing'] !== undefined ||
  fleet.lastObservedAt === null ||
  at.getTime() - fleet.lastObservedAt.getTime() >= fleetEveryMs

/** Evaluates a partner's last capture, the fleet first where it is due, and returns what happened. Repeating it changes nothing. */
export const observePartner = async (deps: ObservePartnerDeps, partnerId: string): Promise<AlertEvent[]> => {
  const partner = await deps.partners.find(partnerId)
  const observation = partner?.isActive ? lastObservation(partner, deps.now()) : null
  if (!observation) return []
  const { fleet, contextOf } = await readContext(deps)
  if (!isFleetDue(fleet, observation)) return observe(deps, partnerId, observation, contextOf)
  return [...(await observeFleet(deps)), ...(await observe(deps, partnerId, observation))]
}
