import { partnerTarget } from '../audit.ts'
import type { AuditLog } from '../node/mongo/access/audit-log.ts'
import type { PartnerDoc, PartnerStore, SshLoginDoc } from '../node/mongo/partners/partners.ts'
import type { Hop, HostKey, Reason } from '../reach/reach-error.ts'
import { unknownKeyType } from './partner-target.ts'

export type NoteHostKeyDeps = {
  partners: Pick<PartnerStore, 'presentHostKey' | 'trustFirstKey' | 'nameHostKeyType'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
}

/** What an attempt saw: the keys of the hops that it passed, and that of the server where it ended, with `hop` one of the hops. */
export type SeenHostKeys = {
  hostKey: HostKey | null
  jumpKeys: readonly HostKey[]
  hop?: Hop | undefined
  reason: Reason | null
}

type KnownPartner = Pick<PartnerDoc, '_id' | 'partnerName' | 'ssh'>

/**
 * Keeps what an attempt learned about the servers' keys: one that was refused waits for an admin's decision, the first key of a server
 * with `trustOnFirstUse` is trusted, and the type of a key that was pinned by its fingerprint alone is filled in.
 */
export const noteHostKeys = async (deps: NoteHostKeyDeps, partner: KnownPartner, seen: SeenHostKeys): Promise<void> => {
  for (const [index, hostKey] of seen.jumpKeys.entries()) await noteAccepted(deps, partner, hostKey, index + 1)
  const { hostKey, reason } = seen
  if (!hostKey) return
  const hop = seen.hop?.number
  if (reason !== 'host-key-unknown' && reason !== 'host-key-changed') return noteAccepted(deps, partner, hostKey, hop)
  if (loginAt(partner, hop)?.presentedHostKey?.sha256 !== hostKey.sha256)
    await deps.partners.presentHostKey(partner._id, partner.ssh, hostKey, hop)
}

const noteAccepted = async (deps: NoteHostKeyDeps, partner: KnownPartner, hostKey: HostKey, hop: number | undefined): Promise<void> => {
  const login = loginAt(partner, hop)
  if (login?.hostKey?.type === unknownKeyType) await deps.partners.nameHostKeyType(partner._id, hostKey, hop)
  if (!login || login.hostKey || !login.trustOnFirstUse) return
  const trusted = { ...hostKey, trustedAt: deps.now(), trustedBy: 'first use' }
  if (!(await deps.partners.trustFirstKey(partner._id, partner.ssh, trusted, hop))) return
  await deps.audit.record({
    actor: 'system',
    action: 'partner.trust',
    target: partnerTarget(partner),
    before: { hostKey: null },
    after: { hostKey: trusted, ...(hop && { hop }) },
  })
}

/** The login to a hop, counted from 1, or to the partner's own SSH server. */
export const loginAt = ({ ssh }: Pick<PartnerDoc, 'ssh'>, hop: number | undefined): SshLoginDoc | undefined =>
  hop === undefined ? ssh : ssh.jumps?.[hop - 1]
