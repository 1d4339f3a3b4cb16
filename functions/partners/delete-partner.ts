import { partnerTarget } from '../../shared/audit.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { ConnectionLogStore } from '../../shared/node/mongo/partners/connection-logs.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { SnapshotRollupStore } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import type { SnapshotStore } from '../../shared/node/mongo/partners/snapshots.ts'
import { noSuchPartner, requirePartner } from '../../shared/partner/require-partner.ts'
import { auditedPartner } from './audited-partner.ts'
import type { WriteDeps } from './partner-deps.ts'

export type DeletePartnerDeps = Pick<WriteDeps, 'audit' | 'changed'> & {
  partners: Pick<PartnerStore, 'find' | 'remove'>
  snapshots: Pick<SnapshotStore, 'removeOf'>
  rollups: Pick<SnapshotRollupStore, 'removeOf'>
  logs: Pick<ConnectionLogStore, 'clear'>
  dropConnection: (partnerId: string) => void
}

/** Removes a partner with its history. What it was stays in the audit log. */
export const deletePartner = async (deps: DeletePartnerDeps, actor: Actor, id: string): Promise<void> => {
  const partner = await requirePartner(deps, id)
  if (!(await deps.partners.remove(id))) throw noSuchPartner()
  deps.dropConnection(id)
  await deps.audit.record({
    actor,
    action: 'partner.delete',
    target: partnerTarget(partner),
    before: auditedPartner(partner),
    after: null,
  })
  await Promise.all([deps.snapshots.removeOf(id), deps.rollups.removeOf(id), deps.logs.clear(id)])
  deps.changed()
}
