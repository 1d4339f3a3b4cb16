import { AppError, type Issue } from '../../shared/errors.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { type PatchDeps, patchJumps, patchSecret, patchSshLogin, sent } from './patch-ssh-login.ts'
import type { PartnerPatch } from './schema.ts'
import { secretsToResend } from './secrets-to-resend.ts'

/** Hops without a login, other than those whose password is asked for again. */
const checkJumps = ({ ssh: { jumps = [] } }: PartnerDoc, toResend: readonly Issue[]): Issue[] =>
  jumps.flatMap(({ password, privateKey }, index) =>
    password === null && privateKey === null && !toResend.some(({ path }) => path === `ssh.jumps.${index}.password`)
      ? [{ path: `ssh.jumps.${index}.privateKey`, message: 'a password or a private key is required' }]
      : [],
  )

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
  const { version: _, db = {}, ssh: { enabled = before.ssh.enabled, jumps, ...login } = {}, ...profile } = patch
  const after: PartnerDoc = {
    ...before,
    ...sent(profile),
    nameKey: nameKey(patch.partnerName ?? before.partnerName),
    db: { ...before.db, ...sent(db), password: patchSecret(deps, before._id, 'db.password', before.db.password, db.password) },
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
