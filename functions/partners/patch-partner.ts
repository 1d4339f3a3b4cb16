import { AppError, type Issue, invalidField } from '../../shared/errors.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { type SecretField, secretContext, unknownKeyType } from '../../shared/partner/partner-target.ts'
import { SealError } from '../../shared/sealer.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { PartnerPatch } from './schema.ts'
import { secretsToResend } from './secrets-to-resend.ts'

export type PatchDeps = Pick<WriteDeps, 'sealer' | 'checkPrivateKey' | 'now'>
type SshPatch = NonNullable<PartnerPatch['ssh']>

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

const openStored = (deps: PatchDeps, envelope: string, id: string, field: 'privateKey' | 'passphrase') => {
  try {
    return deps.sealer.open(envelope, secretContext(id, `ssh.${field}`))
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw invalidField(`ssh.${field}`, 'the stored one does not open: send it again')
  }
}

const checkKey = async (deps: PatchDeps, before: PartnerDoc, patch: SshPatch): Promise<Issue | null> => {
  if (patch.privateKey === undefined && patch.passphrase === undefined) return null
  const current = (field: 'privateKey' | 'passphrase') => {
    if (patch[field] !== undefined) return patch[field] ?? undefined
    const envelope = before.ssh[field]
    return envelope === null ? undefined : openStored(deps, envelope, before._id, field)
  }
  const privateKey = current('privateKey')
  if (privateKey === undefined) return patch.passphrase ? { path: 'passphrase', message: 'goes with a private key' } : null
  return deps.checkPrivateKey(privateKey, current('passphrase'))
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
  const { version: _, db = {}, ssh: rawSsh = {}, ...profile } = patch
  const ssh = withOneCredential(rawSsh)
  const privateKeyIssue = await checkKey(deps, before, ssh)
  if (privateKeyIssue) throw invalidField(`ssh.${privateKeyIssue.path}`, privateKeyIssue.message)
  const secret = (field: SecretField, current: string | null, text: string | null | undefined) => {
    if (text === undefined) return current
    return text === null ? null : deps.sealer.seal(text, secretContext(before._id, field))
  }
  const { hostKeySha256: __, trustOnFirstUse: ___, ...address } = ssh
  const after: PartnerDoc = {
    ...before,
    ...sent(profile),
    nameKey: nameKey(patch.partnerName ?? before.partnerName),
    db: { ...before.db, ...sent(db), password: secret('db.password', before.db.password, db.password) },
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
