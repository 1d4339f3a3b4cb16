import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PartnerDoc, PartnerStore } from '../../shared/mongo/partners.ts'
import { type PartnerView, partnerView } from '../../shared/partner-view.ts'
import { auditedChange } from './audited-partner.ts'
import { nameTaken } from './build-partner.ts'
import type { WriteDeps } from './partner-deps.ts'
import { patchPartner } from './patch-partner.ts'
import type { PartnerPatch } from './schema.ts'

export type UpdatePartnerDeps = WriteDeps & {
  partners: Pick<PartnerStore, 'find' | 'update'>
  /** Closes the partner's pooled connection. */
  dropConnection: (partnerId: string) => void
}

const stale = () => new AppError('conflict', 'The partner was changed since you read it: read it again and repeat your change.')

const connectionOf = ({ db, ssh }: PartnerDoc) => JSON.stringify([db, ssh])

export const updatePartner = async (deps: UpdatePartnerDeps, actor: Actor, id: string, patch: PartnerPatch): Promise<PartnerView> => {
  const before = await deps.partners.find(id)
  if (!before) throw new AppError('not_found', 'There is no such partner.')
  if (before.version !== patch.version) throw stale()
  const after = patchPartner(deps, before, patch, actor.name)

  const { partnerName, nameKey, tenantId, timezone, isActive, priority, concurrencyLimit, maxConcurrency, pauseNonPriorityCampaigns } =
    after
  const written = await deps.partners.update(id, patch.version, {
    ...{ partnerName, nameKey, tenantId, timezone, isActive, priority, maxConcurrency, pauseNonPriorityCampaigns },
    ...(patch.concurrencyLimit !== undefined && { concurrencyLimit }),
    ...(connectionOf(before) !== connectionOf(after) && { db: after.db, ssh: after.ssh, 'schedule.dueAt': deps.now() }),
    ...(isActive && !before.isActive && { 'schedule.dueAt': deps.now() }),
    updatedAt: deps.now(),
  })
  if (written === 'conflict') throw nameTaken(partnerName)
  if (written === 'stale') throw stale()
  if (connectionOf(before) !== connectionOf(after) || !isActive) deps.dropConnection(id)
  await deps.audit.record({
    actor,
    action: 'partner.update',
    target: { collection: 'partner_configs', id, name: partnerName },
    ...auditedChange(before, after),
  })
  deps.changed()
  return partnerView({ ...after, version: patch.version + 1, updatedAt: deps.now() })
}
