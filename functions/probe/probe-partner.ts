import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { type NoteHostKeyDeps, noteHostKey } from '../../shared/partner/note-host-key.ts'
import { openPartnerTarget } from '../../shared/partner/partner-target.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import type { Sealer } from '../../shared/sealer.ts'
import { type ProbeConnectionDeps, type ProbeOptions, probeConnection } from './probe-connection.ts'
import type { ProbeResult } from './schema.ts'

export type ProbePartnerDeps = ProbeConnectionDeps &
  NoteHostKeyDeps & {
    partners: Pick<PartnerStore, 'find'>
    sealer: Pick<Sealer, 'open'>
    changed: () => void
  }

/** Probes a saved partner. A key that was refused is kept for an admin to decide about; `trustOnFirstUse` trusts the first one. */
export const probePartner = async (deps: ProbePartnerDeps, id: string, by: string, options: ProbeOptions): Promise<ProbeResult> => {
  const partner = await requirePartner(deps, id)
  const result = await probeConnection(
    deps,
    { partnerId: id, by, openTarget: (networks) => openPartnerTarget(deps.sealer, partner, networks) },
    options,
  )
  if (!result.hostKey) return result
  await noteHostKey(deps, partner, result.hostKey, result.reason)
  deps.changed()
  return result
}
