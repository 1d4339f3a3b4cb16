import type { PartnerDoc, SshLoginDoc } from '../node/mongo/partners/partners.ts'
import { type HostKey, ReachError } from '../reach/reach-error.ts'
import type { HostKeyPolicy, ReachTarget, SshServer } from '../reach/reach-target.ts'
import { type SealContext, SealError, type SealedValue, type Sealer } from '../sealer.ts'
import type { NewConnection, NewSshServer } from './connection-schema.ts'

/** The sealed fields of a login to an SSH server. */
export const sshSecrets = ['password', 'privateKey', 'passphrase'] as const
/** Where a partner's document holds a login to an SSH server. */
export type SshPath = 'ssh' | `ssh.jumps.${number}`
/** The logins to SSH servers that a partner's document holds: that to its own, then those of the hops. */
const sshLoginsOf = ({ ssh }: Pick<PartnerDoc, 'ssh'>): [path: SshPath, login: SshLoginDoc][] => [
  ['ssh', ssh],
  ...(ssh.jumps ?? []).map((jump, index): [SshPath, SshLoginDoc] => [`ssh.jumps.${index}`, jump]),
]

/** The sealed fields of a partner, by their path. */
export type SecretField = 'db.password' | `${SshPath}.${(typeof sshSecrets)[number]}`

/** Where a partner's secret lives, which its envelope is bound to. */
export const secretContext = (partnerId: string, field: SecretField): SealContext => ({
  collection: 'partner_configs',
  id: partnerId,
  field,
})

/** The sealed values of a stored partner. `field` of the context is the value's path in the document. */
export const sealedInPartner = (partner: Pick<PartnerDoc, '_id' | 'db' | 'ssh'>): SealedValue[] => {
  const sealed = (field: SecretField, envelope: string | null) =>
    envelope === null ? [] : [{ envelope, context: secretContext(partner._id, field) }]
  return [
    ...sealed('db.password', partner.db.password),
    ...sshLoginsOf(partner).flatMap(([path, login]) => sshSecrets.flatMap((secret) => sealed(`${path}.${secret}`, login[secret]))),
  ]
}

/** The type of a key that was pinned by its fingerprint alone, until a connection shows it. */
export const unknownKeyType = 'unknown'

/** A key as it is pinned: `SHA256:…`, or `ssh-ed25519 SHA256:…`. */
export const readPin = (pin: string): HostKey => {
  const [sha256 = '', type = unknownKeyType] = pin.split(' ').reverse()
  return { type, sha256 }
}

/** The pin of a key, with its type where that is known. */
export const pinOf = ({ type, sha256 }: HostKey): string => (type === unknownKeyType ? sha256 : `${type} ${sha256}`)

type HostTrust = {
  hostKey: { type?: string; sha256: string } | null
  trustOnFirstUse: boolean
  hostCa?: readonly string[] | undefined
  revokedKeys?: readonly string[] | undefined
}

const hostKeyPolicy = ({ hostCa = [], revokedKeys = [], ...ssh }: HostTrust): HostKeyPolicy => {
  if (ssh.hostKey) return { pinned: ssh.hostKey.sha256, type: ssh.hostKey.type === unknownKeyType ? undefined : ssh.hostKey.type }
  if (hostCa.length > 0) return { authorities: hostCa, revoked: revokedKeys }
  return ssh.trustOnFirstUse ? { trustOnFirstUse: true } : null
}

/** What of a login a connection depends on. */
const revisedLogin = ({ presentedHostKey: _, trustOnFirstUse: __, hostKey, ...login }: SshLoginDoc) => [login, hostKey?.sha256]

/**
 * Opens a stored partner's secrets for a connection. `revision` is made of the stored connection, sealed secrets included, so that
 * it changes with any of them. Throws `ReachError` with the reason `decrypt`.
 */
export const openPartnerTarget = (sealer: Pick<Sealer, 'open'>, partner: Pick<PartnerDoc, '_id' | 'db' | 'ssh'>): ReachTarget => {
  const { db, ssh } = partner
  const open = (field: SecretField, envelope: string | null) =>
    envelope === null ? undefined : sealer.open(envelope, secretContext(partner._id, field))
  const openLogin = (path: SshPath, login: SshLoginDoc): SshServer => ({
    host: login.host,
    port: login.port,
    username: login.username,
    password: open(`${path}.password`, login.password),
    privateKey: open(`${path}.privateKey`, login.privateKey),
    passphrase: open(`${path}.passphrase`, login.passphrase),
    certificate: login.certificate ?? undefined,
    hostKey: hostKeyPolicy(login),
  })
  const { jumps = [], ...own } = ssh
  try {
    return {
      partnerId: partner._id,
      revision: JSON.stringify([db, ...[own, ...jumps].map(revisedLogin)]),
      ssh: ssh.enabled ? { ...openLogin('ssh', ssh), jumps: jumps.map((jump, index) => openLogin(`ssh.jumps.${index}`, jump)) } : null,
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

const newSshServer = ({ host = '', port, username = '', hostKeySha256, trustOnFirstUse, ...login }: NewSshServer): SshServer => ({
  host,
  port,
  username,
  password: login.password,
  privateKey: login.privateKey,
  passphrase: login.passphrase,
  certificate: login.certificate,
  hostKey: hostKeyPolicy({ ...login, hostKey: hostKeySha256 ? readPin(hostKeySha256) : null, trustOnFirstUse }),
})

/** The target of a connection that was typed in and is not saved. */
export const newConnectionTarget = (connection: NewConnection, partnerId: string): ReachTarget => {
  const { db, ssh } = connection
  return {
    partnerId,
    revision: partnerId,
    ssh: ssh.enabled ? { ...newSshServer(ssh), jumps: ssh.jumps.map(newSshServer) } : null,
    db: { host: db.host, port: db.port, name: db.name, username: db.username, password: db.password ?? '' },
  }
}
