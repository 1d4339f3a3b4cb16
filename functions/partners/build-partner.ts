import { AppError } from '../../shared/errors.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { tlsByDefault } from '../../shared/partner/connection-schema.ts'
import { type SecretField, secretContext, unknownKeyType } from '../../shared/partner/partner-target.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { NewPartner } from './schema.ts'

export type BuildDeps = Pick<WriteDeps, 'sealer' | 'newId' | 'now'>

export const nameTaken = (partnerName: string) => {
  const message = `A partner named ${partnerName} exists already.`
  return new AppError('conflict', message, { issues: [{ path: 'partnerName', message }] })
}

/** Makes the document of a new partner, its secrets sealed. It is due at once. */
export const buildPartner = (deps: BuildDeps, input: NewPartner, trustedBy: string): PartnerDoc => {
  const id = deps.newId()
  const now = deps.now()
  const seal = (field: SecretField, text: string | undefined) =>
    text === undefined ? null : deps.sealer.seal(text, secretContext(id, field))
  const { db, ssh, ...profile } = input
  const { hostKeySha256 } = ssh
  return {
    _id: id,
    ...profile,
    nameKey: nameKey(input.partnerName),
    db: {
      type: db.type,
      host: db.host,
      port: db.port,
      name: db.name,
      username: db.username,
      password: seal('db.password', db.password),
      tls: db.tls ?? tlsByDefault(ssh),
      tlsCa: db.tlsCa ?? null,
      tlsCertificate: db.tlsCertificate ?? null,
      tlsKey: seal('db.tlsKey', db.tlsKey),
    },
    ssh: {
      enabled: ssh.enabled,
      host: ssh.host ?? '',
      port: ssh.port,
      username: ssh.username ?? '',
      password: seal('ssh.password', ssh.password),
      privateKey: seal('ssh.privateKey', ssh.privateKey),
      passphrase: seal('ssh.passphrase', ssh.passphrase),
      hostKey: hostKeySha256 === undefined ? null : { type: unknownKeyType, sha256: hostKeySha256, trustedAt: now, trustedBy },
      trustOnFirstUse: ssh.trustOnFirstUse,
      presentedHostKey: null,
    },
    sync: { status: 'NEVER_SYNCED', lastSyncAt: null, lastError: null, consecutiveFailures: 0, certificateEndsAt: null },
    schedule: { dueAt: now, leasedUntil: new Date(0), leaseId: null },
    latest: null,
    trend: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
}
