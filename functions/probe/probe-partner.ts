import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { type NoteHostKeyDeps, noteHostKeys } from '../../shared/partner/note-host-key.ts'
import { openPartnerTarget } from '../../shared/partner/partner-target.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import type { Sealer } from '../../shared/sealer.ts'
import { type Alone, type ProbeConnectionDeps, type Probed, type ProbeOptions, probeConnection } from './probe-connection.ts'
import type { ProbeResult } from './schema.ts'

export type ProbePartnerDeps = ProbeConnectionDeps &
  NoteHostKeyDeps & {
    partners: Pick<PartnerStore, 'find'>
    sealer: Pick<Sealer, 'open'>
    alone: Alone
    changed: () => void
  }

/** Probes a saved partner. A key that was refused is kept for an admin to decide about; `trustOnFirstUse` trusts the first one. */
export const probePartner = async (deps: ProbePartnerDeps, id: string, by: string, options: ProbeOptions): Promise<ProbeResult> => {
  const partner = await requirePartner(deps, id)
  const openTarget: Probed['openTarget'] = (networks) => openPartnerTarget(deps.sealer, partner, networks)
  const result = await probeConnection(deps, { partnerId: id, by, openTarget, alone: deps.alone }, options)
  if (!result.hostKey && result.jumpKeys.length === 0) return result
  await noteHostKeys(deps, partner, result)
  deps.changed()
  return result
}
