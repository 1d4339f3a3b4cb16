import type { z } from 'zod'
import { partnerTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { PartnerStore, TrustedHostKey } from '../../shared/node/mongo/partners/partners.ts'
import { loginAt } from '../../shared/partner/note-host-key.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import type { Trust } from './schema.ts'

export type TrustHostKeyDeps = {
  partners: Pick<PartnerStore, 'find' | 'trustHostKey'>
  audit: Pick<AuditLog, 'record'>
  dropConnection: (partnerId: string) => void
  changed: () => void
  now: () => Date
}

/** Trusts the key that the server last presented. A fingerprint that was not seen is refused, so that a typing error pins nothing. */
export const trustHostKey = async (
  deps: TrustHostKeyDeps,
  actor: Actor,
  id: string,
  { sha256, hop }: z.infer<typeof Trust>,
): Promise<TrustedHostKey> => {
  const partner = await requirePartner(deps, id)
  const login = loginAt(partner, hop)
  if (!login) throw new AppError('conflict', `The partner has no hop ${hop}.`)
  if (login.hostKey?.sha256 === sha256) return login.hostKey
  const presented = login.presentedHostKey
  if (presented?.sha256 !== sha256)
    throw new AppError('conflict', presented ? `The server last presented ${presented.sha256}.` : 'No key waits for trust: probe first.')
  const hostKey = { ...presented, trustedAt: deps.now(), trustedBy: actor.name }
  if (!(await deps.partners.trustHostKey(id, partner.ssh, hostKey, deps.now(), hop)))
    throw new AppError('conflict', 'The SSH address changed meanwhile: probe again.')
  deps.dropConnection(id)
  await deps.audit.record({
    actor,
    action: 'partner.trust',
    target: partnerTarget(partner),
    before: { hostKey: login.hostKey },
    after: { hostKey, ...(hop && { hop }) },
  })
  deps.changed()
  return hostKey
}
