import { partnerTarget } from '../audit.ts'
import type { AuditLog } from '../node/mongo/access/audit-log.ts'
import type { PartnerDoc, PartnerStore } from '../node/mongo/partners/partners.ts'
import type { HostKey, Reason } from '../reach/reach-error.ts'
import { unknownKeyType } from './partner-target.ts'

export type NoteHostKeyDeps = {
  partners: Pick<PartnerStore, 'presentHostKey' | 'trustFirstKey' | 'nameHostKeyType'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
}

/**
 * Keeps what an attempt learned about the server's key: one that was refused waits for an admin's decision, the first key of a partner
 * with `trustOnFirstUse` is trusted, and the type of a key that was pinned by its fingerprint alone is filled in.
 */
export const noteHostKey = async (
  deps: NoteHostKeyDeps,
  partner: Pick<PartnerDoc, '_id' | 'partnerName' | 'ssh'>,
  hostKey: HostKey,
  reason: Reason | null,
): Promise<void> => {
  const { ssh } = partner
  if (reason === 'host-key-unknown' || reason === 'host-key-changed') {
    if (ssh.presentedHostKey?.sha256 !== hostKey.sha256) await deps.partners.presentHostKey(partner._id, ssh, hostKey)
    return
  }
  if (ssh.hostKey?.type === unknownKeyType) await deps.partners.nameHostKeyType(partner._id, hostKey)
  if (ssh.hostKey || !ssh.trustOnFirstUse) return
  const trusted = { ...hostKey, trustedAt: deps.now(), trustedBy: 'first use' }
  if (!(await deps.partners.trustFirstKey(partner._id, ssh, trusted))) return
  await deps.audit.record({
    actor: 'system',
    action: 'partner.trust',
    target: partnerTarget(partner),
    before: { hostKey: null },
    after: { hostKey: trusted },
  })
}
