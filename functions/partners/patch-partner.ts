import { AppError, type Issue, invalidField } from '../../shared/errors.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { tlsByDefault } from '../../shared/partner/connection-schema.ts'
import { type SecretField, secretContext, unknownKeyType } from '../../shared/partner/partner-target.ts'
import type { TlsMode } from '../../shared/reach/reach-target.ts'
import { SealError } from '../../shared/sealer.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { PartnerPatch } from './schema.ts'
import { secretsToResend } from './secrets-to-resend.ts'

export type PatchDeps = Pick<WriteDeps, 'sealer' | 'checkPrivateKey' | 'checkTls' | 'now'>
type SshPatch = NonNullable<PartnerPatch['ssh']>
type DatabasePatch = NonNullable<PartnerPatch['db']>

const sent = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }

/** A password and a private key are alternatives: setting one clears the other. A passphrase goes with its key. */
const withOneCredential = (patch: SshPatch): SshPatch => {
  if (patch.password && patch.privateKey) throw invalidField('ssh.privateKey', 'send a password or a private key, not both')
  if (patch.password) return { privateKey: null, passphrase: null, ...sent(patch) }
  if (patch.privateKey) return { password: null, passphrase: null, ...sent(patch) }
  return patch.privateKey === null ? { passphrase: null, ...sent(patch) } : patch
}

const openStored = (deps: PatchDeps, envelope: string, id: string, field: SecretField) => {
  try {
    return deps.sealer.open(envelope, secretContext(id, field))
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw invalidField(field, 'the stored one does not open: send it again')
  }
}

const checkKey = async (deps: PatchDeps, before: PartnerDoc, patch: SshPatch): Promise<Issue | null> => {
  if (patch.privateKey === undefined && patch.passphrase === undefined) return null
  const current = (field: 'privateKey' | 'passphrase') => {
    if (patch[field] !== undefined) return patch[field] ?? undefined
    const envelope = before.ssh[field]
    return envelope === null ? undefined : openStored(deps, envelope, before._id, `ssh.${field}`)
  }
  const privateKey = current('privateKey')
  if (privateKey === undefined) return patch.passphrase ? { path: 'passphrase', message: 'goes with a private key' } : null
  return deps.checkPrivateKey(privateKey, current('passphrase'))
}

/** The certificate of this side goes with its key: one that is cleared clears the other. */
const withOneIdentity = (patch: DatabasePatch): DatabasePatch => (patch.tlsCertificate === null ? { tlsKey: null, ...sent(patch) } : patch)

/** A connection that leaves its tunnel is encrypted from then on, unless somebody says otherwise. */
const tlsAfter = (before: PartnerDoc, db: DatabasePatch, ssh: SshPatch): TlsMode | undefined => {
  const leavesTunnel = before.ssh.enabled && ssh.enabled === false
  return db.tls ?? (leavesTunnel && (before.db.tls ?? 'off') === 'off' ? tlsByDefault({ enabled: false }) : before.db.tls)
}

const checkTlsPatch = (deps: PatchDeps, { _id, db: stored }: PartnerDoc, patch: DatabasePatch): Issue | null => {
  const { tlsCa, tlsCertificate, tlsKey } = patch
  if (tlsCa === undefined && tlsCertificate === undefined && tlsKey === undefined) return null
  const storedKey = () => (stored.tlsKey ? openStored(deps, stored.tlsKey, _id, 'db.tlsKey') : undefined)
  return deps.checkTls({
    ca: (tlsCa === undefined ? stored.tlsCa : tlsCa) ?? undefined,
    certificate: (tlsCertificate === undefined ? stored.tlsCertificate : tlsCertificate) ?? undefined,
    key: tlsKey === undefined ? storedKey() : (tlsKey ?? undefined),
  })
}

const checkMerged = ({ ssh }: PartnerDoc): Issue[] => {
  if (!ssh.enabled) return []
  const required = 'is required when SSH is enabled'
  return [
    ...(ssh.host ? [] : [{ path: 'ssh.host', message: required }]),
    ...(ssh.username ? [] : [{ path: 'ssh.username', message: required }]),
    ...(ssh.password === null && ssh.privateKey === null
      ? [{ path: 'ssh.privateKey', message: `a password or a private key ${required}` }]
      : []),
  ]
}

/** A trusted key belongs to an address: a changed host or port drops it, unless a new one is sent along. */
const patchHostKey = (deps: PatchDeps, before: PartnerDoc, patch: SshPatch, trustedBy: string) => {
  const moved = (patch.host ?? before.ssh.host) !== before.ssh.host || (patch.port ?? before.ssh.port) !== before.ssh.port
  const { hostKeySha256 } = patch
  const kept = moved ? null : before.ssh.hostKey
  const hostKey =
    hostKeySha256 === undefined
      ? kept
      : hostKeySha256 &&
        (kept?.sha256 === hostKeySha256 ? kept : { type: unknownKeyType, sha256: hostKeySha256, trustedAt: deps.now(), trustedBy })
  if (hostKey && patch.trustOnFirstUse) throw invalidField('ssh.trustOnFirstUse', 'a host key is trusted already')
  const trustOnFirstUse = patch.trustOnFirstUse ?? (!moved && before.ssh.trustOnFirstUse && !hostKey)
  return { hostKey: hostKey || null, trustOnFirstUse, presentedHostKey: moved || hostKeySha256 ? null : before.ssh.presentedHostKey }
}

/** Returns the document as the patch leaves it: what was not sent stays, `null` clears. Throws `invalid` for a field at fault. */
export const patchPartner = async (deps: PatchDeps, before: PartnerDoc, patch: PartnerPatch, trustedBy: string): Promise<PartnerDoc> => {
  const { version: _, db: rawDb = {}, ssh: rawSsh = {}, ...profile } = patch
  const db = withOneIdentity(rawDb)
  const ssh = withOneCredential(rawSsh)
  const privateKeyIssue = await checkKey(deps, before, ssh)
  if (privateKeyIssue) throw invalidField(`ssh.${privateKeyIssue.path}`, privateKeyIssue.message)
  const tlsIssue = checkTlsPatch(deps, before, db)
  if (tlsIssue) throw invalidField(`db.${tlsIssue.path}`, tlsIssue.message)
  const secret = (field: SecretField, current: string | null, text: string | null | undefined) => {
    if (text === undefined) return current
    return text === null ? null : deps.sealer.seal(text, secretContext(before._id, field))
  }
  const { hostKeySha256: __, trustOnFirstUse: ___, ...address } = ssh
  const after: PartnerDoc = {
    ...before,
    ...sent(profile),
    nameKey: nameKey(patch.partnerName ?? before.partnerName),
    db: {
      ...before.db,
      ...sent(db),
      ...sent({ tls: tlsAfter(before, db, ssh) }),
      password: secret('db.password', before.db.password, db.password),
      ...(db.tlsKey !== undefined && { tlsKey: secret('db.tlsKey', null, db.tlsKey) }),
    },
    ssh: {
      ...before.ssh,
      ...sent(address),
      password: secret('ssh.password', before.ssh.password, ssh.password),
      privateKey: secret('ssh.privateKey', before.ssh.privateKey, ssh.privateKey),
      passphrase: secret('ssh.passphrase', before.ssh.passphrase, ssh.passphrase),
      ...patchHostKey(deps, before, ssh, trustedBy),
    },
  }
  const issues = [...checkMerged(after), ...secretsToResend(before, after, patch)]
  if (issues[0]) throw new AppError('invalid', `${issues[0].path}: ${issues[0].message}`, { issues })
  return after
}
