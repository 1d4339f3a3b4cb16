import { type Issue, invalidField } from '../../shared/errors.ts'
import type { PartnerDoc, SshLoginDoc } from '../../shared/node/mongo/partners/partners.ts'
import { readPin, type SecretField, type SshPath, secretContext, type sshSecrets } from '../../shared/partner/partner-target.ts'
import { SealError } from '../../shared/sealer.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { PartnerPatch } from './schema.ts'

export type PatchDeps = Pick<WriteDeps, 'sealer' | 'checkPrivateKey' | 'now'>
type SshPatch = NonNullable<PartnerPatch['ssh']>
type SshLoginPatch = Omit<SshPatch, 'enabled' | 'jumps'>
/** A login that is stored, and its place. */
type StoredLogin = { id: string; path: SshPath; before: SshLoginDoc }

/** The fields that were sent. */
export const sent = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }

/** A passphrase and a certificate go with their key: another key, or none, leaves them behind. */
const withOwnKey = (patch: SshLoginPatch): SshLoginPatch =>
  patch.privateKey === undefined ? patch : { passphrase: null, certificate: null, ...sent(patch) }

/** A sealed field as a change leaves it: what was not sent stays, `null` clears. */
export const patchSecret = (
  { sealer }: PatchDeps,
  id: string,
  field: SecretField,
  current: string | null,
  text: string | null | undefined,
): string | null => {
  if (text === undefined) return current
  return text === null ? null : sealer.seal(text, secretContext(id, field))
}

const openStored = (deps: PatchDeps, envelope: string, { id, path }: StoredLogin, field: 'privateKey' | 'passphrase') => {
  try {
    return deps.sealer.open(envelope, secretContext(id, `${path}.${field}`))
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw invalidField(`${path}.${field}`, 'the stored one does not open: send it again')
  }
}

const checkKey = async (deps: PatchDeps, stored: StoredLogin, patch: SshLoginPatch): Promise<Issue | null> => {
  if (patch.privateKey === undefined && patch.passphrase === undefined && patch.certificate === undefined) return null
  const current = (field: 'privateKey' | 'passphrase') => {
    if (patch[field] !== undefined) return patch[field] ?? undefined
    const envelope = stored.before[field]
    return envelope === null ? undefined : openStored(deps, envelope, stored, field)
  }
  const privateKey = current('privateKey')
  if (privateKey === undefined) {
    const orphan = (['passphrase', 'certificate'] as const).find((field) => patch[field])
    return orphan ? { path: orphan, message: 'goes with a private key' } : null
  }
  const certificate = patch.certificate === undefined ? stored.before.certificate : patch.certificate
  return deps.checkPrivateKey(privateKey, current('passphrase'), certificate ?? undefined)
}

/** The authorities trusted for a host stay with another address, as their certificates name it. A key that is pinned takes their place. */
const patchAuthorities = ({ before, path }: StoredLogin, patch: SshLoginPatch) => {
  const pinned = Boolean(patch.hostKeySha256)
  const hostCa = patch.hostCa ?? (patch.hostCa === null || pinned ? [] : (before.hostCa ?? []))
  const revokedKeys = hostCa.length === 0 ? [] : patch.revokedKeys === undefined ? (before.revokedKeys ?? []) : (patch.revokedKeys ?? [])
  if (hostCa.length === 0 && patch.revokedKeys?.length) throw invalidField(`${path}.revokedKeys`, 'goes with hostCa')
  if (hostCa.length > 0 && (pinned || patch.trustOnFirstUse))
    throw invalidField(`${path}.hostCa`, 'send hostCa, hostKeySha256 or trustOnFirstUse, not two of them')
  return { hostCa, revokedKeys }
}

/** A trusted key belongs to an address: a changed host or port drops it, unless a new one is sent along. */
const patchHostKey = (deps: PatchDeps, { before, path }: StoredLogin, patch: SshLoginPatch, trustedBy: string) => {
  const moved = (patch.host ?? before.host) !== before.host || (patch.port ?? before.port) !== before.port
  const { hostKeySha256 } = patch
  const pinned = hostKeySha256 && readPin(hostKeySha256)
  const kept = moved ? null : before.hostKey
  const hostKey =
    pinned === undefined ? kept : pinned && (kept?.sha256 === pinned.sha256 ? kept : { ...pinned, trustedAt: deps.now(), trustedBy })
  if (hostKey && patch.trustOnFirstUse) throw invalidField(`${path}.trustOnFirstUse`, 'a host key is trusted already')
  const trustOnFirstUse = patch.trustOnFirstUse ?? (!moved && before.trustOnFirstUse && !hostKey)
  return { hostKey: hostKey || null, trustOnFirstUse, presentedHostKey: moved || hostKeySha256 ? null : before.presentedHostKey }
}

/** A stored login as a change leaves it. Throws `invalid` for a field at fault. */
export const patchSshLogin = async (
  deps: PatchDeps,
  stored: StoredLogin,
  sentLogin: SshLoginPatch,
  trustedBy: string,
): Promise<SshLoginDoc> => {
  const { id, path, before } = stored
  const patch = withOwnKey(sentLogin)
  const issue = await checkKey(deps, stored, patch)
  if (issue) throw invalidField(`${path}.${issue.path}`, issue.message)
  const { hostKeySha256: _, trustOnFirstUse: __, hostCa: ___, revokedKeys: ____, ...address } = patch
  const authorities = patchAuthorities(stored, patch)
  const isCertified = authorities.hostCa.length > 0
  const secret = (name: (typeof sshSecrets)[number]) => patchSecret(deps, id, `${path}.${name}`, before[name], patch[name])
  return {
    ...before,
    ...sent(address),
    password: secret('password'),
    privateKey: secret('privateKey'),
    passphrase: secret('passphrase'),
    ...(isCertified ? { hostKey: null, trustOnFirstUse: false, presentedHostKey: null } : patchHostKey(deps, stored, patch, trustedBy)),
    ...authorities,
  }
}

/** Whether two hops are the same login to the same server. */
export const isSameJump = (one: SshAddress | undefined, other: SshAddress | undefined): boolean =>
  one?.host === other?.host && one?.port === other?.port && one?.username === other?.username

type SshAddress = Pick<SshLoginDoc, 'host' | 'port' | 'username'>

const newLogin = ({ host, port, username }: SshAddress): SshLoginDoc => ({
  host,
  port,
  username,
  password: null,
  privateKey: null,
  passphrase: null,
  hostKey: null,
  trustOnFirstUse: false,
  presentedHostKey: null,
})

/** The hops as a change that sends them leaves them. One that stands where it stood keeps its secrets and its key; any other begins anew. */
export const patchJumps = (
  deps: PatchDeps,
  { _id, ssh }: PartnerDoc,
  sentJumps: NonNullable<SshPatch['jumps']>,
  trustedBy: string,
): Promise<SshLoginDoc[]> =>
  Promise.all(
    sentJumps.map((jump, index) => {
      const stored = ssh.jumps?.[index]
      const before = stored && isSameJump(stored, jump) ? stored : newLogin(jump)
      return patchSshLogin(deps, { id: _id, path: `ssh.jumps.${index}`, before }, jump, trustedBy)
    }),
  )
