import { AppError } from '../../shared/errors.ts'
import { isolateName } from '../../shared/isolate-name.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc, SshLoginDoc } from '../../shared/node/mongo/partners/partners.ts'
import type { NewSshServer } from '../../shared/partner/connection-schema.ts'
import { readPin, type SecretField, type SshPath, secretContext } from '../../shared/partner/partner-target.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { NewPartner } from './schema.ts'

export type BuildDeps = Pick<WriteDeps, 'sealer' | 'newId' | 'now'>

export const nameTaken = (partnerName: string) => {
  const message = `A partner named ${isolateName(partnerName)} exists already.`
  return new AppError('conflict', message, { issues: [{ path: 'partnerName', message }] })
}

type Seal = (field: SecretField, text: string | undefined) => string | null

/** The stored form of a login that is new at `path`; a fingerprint that was sent counts as trusted by whoever sent it. */
const buildSshLogin = (seal: Seal, path: SshPath, login: NewSshServer, trusted: { trustedAt: Date; trustedBy: string }): SshLoginDoc => ({
  host: login.host ?? '',
  port: login.port,
  username: login.username ?? '',
  password: seal(`${path}.password`, login.password),
  privateKey: seal(`${path}.privateKey`, login.privateKey),
  passphrase: seal(`${path}.passphrase`, login.passphrase),
  certificate: login.certificate ?? null,
  hostKey: login.hostKeySha256 === undefined ? null : { ...readPin(login.hostKeySha256), ...trusted },
  trustOnFirstUse: login.trustOnFirstUse,
  hostCa: login.hostCa ?? [],
  revokedKeys: login.revokedKeys ?? [],
  presentedHostKey: null,
})

/** Makes the document of a new partner, its secrets sealed. It is due at once. */
export const buildPartner = (deps: BuildDeps, input: NewPartner, trustedBy: string): PartnerDoc => {
  const id = deps.newId()
  const now = deps.now()
  const seal: Seal = (field, text) => (text === undefined ? null : deps.sealer.seal(text, secretContext(id, field)))
  const { db, ssh, ...profile } = input
  const trusted = { trustedAt: now, trustedBy }
  return {
    _id: id,
    ...profile,
    nameKey: nameKey(input.partnerName),
    db: { type: db.type, host: db.host, port: db.port, name: db.name, username: db.username, password: seal('db.password', db.password) },
    ssh: {
      enabled: ssh.enabled,
      ...buildSshLogin(seal, 'ssh', ssh, trusted),
      jumps: ssh.jumps.map((jump, index) => buildSshLogin(seal, `ssh.jumps.${index}`, jump, trusted)),
    },
    sync: { status: 'NEVER_SYNCED', lastSyncAt: null, lastError: null, consecutiveFailures: 0 },
    schedule: { dueAt: now, leasedUntil: new Date(0), leaseId: null },
    latest: null,
    trend: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
}
