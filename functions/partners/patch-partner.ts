import { AppError, type Issue, invalidField } from '../../shared/errors.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { tlsByDefault } from '../../shared/partner/connection-schema.ts'
import type { TlsMode } from '../../shared/reach/reach-target.ts'
import { openStored, type PatchDeps, patchJumps, patchSecret, patchSshLogin, sent } from './patch-ssh-login.ts'
import type { PartnerPatch } from './schema.ts'
import { secretsToResend } from './secrets-to-resend.ts'

type SshPatch = NonNullable<PartnerPatch['ssh']>
type DatabasePatch = NonNullable<PartnerPatch['db']>

/** Hops without a login, other than those whose password is asked for again. */
const checkJumps = ({ ssh: { jumps = [] } }: PartnerDoc, toResend: readonly Issue[]): Issue[] =>
  jumps.flatMap(({ password, privateKey }, index) =>
    password === null && privateKey === null && !toResend.some(({ path }) => path === `ssh.jumps.${index}.password`)
      ? [{ path: `ssh.jumps.${index}.privateKey`, message: 'a password or a private key is required' }]
      : [],
  )

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

/** Returns the document as the patch leaves it: what was not sent stays, `null` clears. Throws `invalid` for a field at fault. */
export const patchPartner = async (deps: PatchDeps, before: PartnerDoc, patch: PartnerPatch, trustedBy: string): Promise<PartnerDoc> => {
  const { version: _, db: rawDb = {}, ssh = {}, ...profile } = patch
  const { enabled = before.ssh.enabled, jumps, ...login } = ssh
  const db = withOneIdentity(rawDb)
  const tlsIssue = checkTlsPatch(deps, before, db)
  if (tlsIssue) throw invalidField(`db.${tlsIssue.path}`, tlsIssue.message)
  const after: PartnerDoc = {
    ...before,
    ...sent(profile),
    nameKey: nameKey(patch.partnerName ?? before.partnerName),
    db: {
      ...before.db,
      ...sent(db),
      ...sent({ tls: tlsAfter(before, db, ssh) }),
      password: patchSecret(deps, before._id, 'db.password', before.db.password, db.password),
      ...(db.tlsKey !== undefined && { tlsKey: patchSecret(deps, before._id, 'db.tlsKey', null, db.tlsKey) }),
    },
    ssh: {
      ...before.ssh,
      ...(await patchSshLogin(deps, { id: before._id, path: 'ssh', before: before.ssh }, login, trustedBy)),
      enabled,
      ...(jumps && { jumps: await patchJumps(deps, before, jumps, trustedBy) }),
    },
  }
  const toResend = secretsToResend(before, after, patch)
  const issues = [...checkJumps(after, toResend), ...checkMerged(after), ...toResend]
  if (issues[0]) throw new AppError('invalid', `${issues[0].path}: ${issues[0].message}`, { issues })
  return after
}
