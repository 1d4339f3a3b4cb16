import { partnerTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PartnerDoc, PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { partnerView } from '../../shared/partner/partner-view.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
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

const addressFields: ReadonlySet<string> = new Set([
  'host',
  'port',
  'hostKey',
  'trustOnFirstUse',
  'presentedHostKey',
  'hostCa',
  'revokedKeys',
])

/** The parts of a connection by their path. Hops are apart where they are as many as before, so that each can be written by itself. */
const connectionParts = ({ db, ssh: { jumps = [], ...ssh } }: PartnerDoc, hopsApart: boolean): [path: string, fields: object][] => [
  ['db', db],
  ['ssh', hopsApart ? ssh : { ...ssh, jumps }],
  ...(hopsApart ? jumps.map((jump, index): [string, object] => [`ssh.jumps.${index}`, jump]) : []),
]

/**
 * The fields of the connection that the patch changes. The others are not written: a capture may pin the first host key meanwhile.
 * An SSH address goes with its host keys, so that none is left to another server.
 */
const changedConnection = (before: PartnerDoc, after: PartnerDoc): Record<string, unknown> => {
  const hopsApart = before.ssh.jumps?.length === after.ssh.jumps?.length
  const was = new Map(connectionParts(before, hopsApart))
  const changed = connectionParts(after, hopsApart).flatMap(([path, fields]) => {
    const old = (was.get(path) ?? {}) as Record<string, unknown>
    const differing = Object.entries(fields).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]))
    const isOtherServer = path !== 'db' && differing.some(([name]) => addressFields.has(name))
    const written = isOtherServer ? [...differing, ...Object.entries(fields).filter(([name]) => addressFields.has(name))] : differing
    return written.map(([name, value]): [string, unknown] => [`${path}.${name}`, value])
  })
  return Object.fromEntries(changed)
}

export const updatePartner = async (deps: UpdatePartnerDeps, actor: Actor, id: string, patch: PartnerPatch): Promise<Partner> => {
  const before = await requirePartner(deps, id)
  if (before.version !== patch.version) throw stale()
  const now = deps.now()
  const after = { ...(await patchPartner(deps, before, patch, actor.name)), version: patch.version + 1, updatedAt: now }

  const { partnerName, nameKey, tenantId, timezone, isActive, priority, maxConcurrency, pauseNonPriorityCampaigns } = after
  const connection = changedConnection(before, after)
  const reconnects = Object.keys(connection).length > 0
  const written = await deps.partners.update(id, patch.version, {
    ...{ partnerName, nameKey, tenantId, timezone, isActive, priority, maxConcurrency, pauseNonPriorityCampaigns },
    ...(patch.concurrencyLimit !== undefined && { concurrencyLimit: patch.concurrencyLimit }),
    ...connection,
    // A number of another database is not held.
    ...(reconnects && { remainingCount: { triedAt: new Date(0), ms: 0, counted: null } }),
    ...((reconnects || (isActive && !before.isActive)) && { 'schedule.dueAt': now }),
    updatedAt: now,
  })
  if (written === 'conflict') throw nameTaken(partnerName)
  if (written === 'stale') throw stale()
  if (reconnects || !isActive) deps.dropConnection(id)
  await deps.audit.record({
    actor,
    action: 'partner.update',
    target: partnerTarget(after),
    ...auditedChange(before, after),
  })
  deps.changed()
  return partnerView(after)
}
