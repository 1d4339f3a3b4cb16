import type { PartnerDoc } from '../node/mongo/partners/partners.ts'
import { ReachError } from '../reach/reach-error.ts'
import type { ReachTarget } from '../reach/reach-target.ts'
import { type SealContext, SealError, type SealedValue, type Sealer } from '../sealer.ts'
import type { NewConnection } from './connection-schema.ts'

/** The sealed fields of a partner, by their path. */
export const secretFields = ['db.password', 'ssh.password', 'ssh.privateKey', 'ssh.passphrase'] as const
export type SecretField = (typeof secretFields)[number]

/** Where a partner's secret lives, which its envelope is bound to. */
export const secretContext = (partnerId: string, field: SecretField): SealContext => ({
  collection: 'partner_configs',
  id: partnerId,
  field,
})

/** The sealed values of a stored partner. `field` of the context is the value's path in the document. */
export const sealedInPartner = ({ _id, db, ssh }: Pick<PartnerDoc, '_id' | 'db' | 'ssh'>): SealedValue[] => {
  const envelopes: Record<SecretField, string | null> = {
    'db.password': db.password,
    'ssh.password': ssh.password,
    'ssh.privateKey': ssh.privateKey,
    'ssh.passphrase': ssh.passphrase,
  }
  return secretFields.flatMap((field) => {
    const envelope = envelopes[field]
    return envelope === null ? [] : [{ envelope, context: secretContext(_id, field) }]
  })
}

/** The type of a key that was pinned by its fingerprint alone, until a connection shows it. */
export const unknownKeyType = 'unknown'

const hostKeyPolicy = (ssh: { hostKey: { type?: string; sha256: string } | null; trustOnFirstUse: boolean }) => {
  if (ssh.hostKey) return { pinned: ssh.hostKey.sha256, type: ssh.hostKey.type === unknownKeyType ? undefined : ssh.hostKey.type }
  return ssh.trustOnFirstUse ? ({ trustOnFirstUse: true } as const) : null
}

/**
 * Opens a stored partner's secrets for a connection. `revision` is made of the stored connection, sealed secrets included, and of the `networks` (CIDR) where it may be, so that
 * it changes with any of them. Throws `ReachError` with the reason `decrypt`.
 */
export const openPartnerTarget = (
  sealer: Pick<Sealer, 'open'>,
  partner: Pick<PartnerDoc, '_id' | 'db' | 'ssh'>,
  networks: readonly string[],
): ReachTarget => {
  const { db, ssh } = partner
  const open = (field: SecretField, envelope: string | null) =>
    envelope === null ? undefined : sealer.open(envelope, secretContext(partner._id, field))
  const { presentedHostKey: _, trustOnFirstUse: __, hostKey: ___, ...address } = ssh
  try {
    return {
      partnerId: partner._id,
      revision: JSON.stringify([db, address, ssh.hostKey?.sha256, networks]),
      networks,
      ssh: ssh.enabled
        ? {
            host: ssh.host,
            port: ssh.port,
            username: ssh.username,
            password: open('ssh.password', ssh.password),
            privateKey: open('ssh.privateKey', ssh.privateKey),
            passphrase: open('ssh.passphrase', ssh.passphrase),
            hostKey: hostKeyPolicy(ssh),
          }
        : null,
      db: { host: db.host, port: db.port, name: db.name, username: db.username, password: open('db.password', db.password) ?? '' },
    }
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new ReachError(`The stored credentials do not open: ${cause.message}`, {
      stage: ssh.enabled ? 'ssh-connect' : 'db-connect',
      reason: 'decrypt',
    })
  }
}

/** The target of a connection that was typed in and is not saved. */
export const newConnectionTarget = (connection: NewConnection, partnerId: string, networks: readonly string[]): ReachTarget => {
  const { db, ssh } = connection
  return {
    partnerId,
    revision: partnerId,
    networks,
    ssh: ssh.enabled
      ? {
          host: ssh.host ?? '',
          port: ssh.port,
          username: ssh.username ?? '',
          password: ssh.password,
          privateKey: ssh.privateKey,
          passphrase: ssh.passphrase,
          hostKey: hostKeyPolicy({
            hostKey: ssh.hostKeySha256 ? { sha256: ssh.hostKeySha256 } : null,
            trustOnFirstUse: ssh.trustOnFirstUse,
          }),
        }
      : null,
    db: { host: db.host, port: db.port, name: db.name, username: db.username, password: db.password ?? '' },
  }
}
