import { userTarget } from '../../shared/audit.ts'
import { invalidField } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'
import { type CheckPasswordDeps, checkPassword } from './check-password.ts'
import type { PasswordChange } from './schema.ts'

export type ChangePasswordDeps = CheckPasswordDeps & {
  users: Pick<UserStore, 'changePassword'>
  sessions: Pick<SessionStore, 'endOthers'>
  passwords: Pick<PasswordHasher, 'hash'>
  audit: Pick<AuditLog, 'record'>
}

/** Sets a new password and ends the user's other sessions. Guessing at the current one is slowed like signing in. */
export const changePassword = async (
  deps: ChangePasswordDeps,
  change: PasswordChange & { actor: Extract<Actor, { kind: 'user' }>; address: string },
): Promise<void> => {
  const { actor, currentPassword, newPassword, address } = change
  const user = await checkPassword(deps, { username: actor.name, password: currentPassword, address })
  if (!user) throw invalidField('currentPassword', 'is wrong')
  if (newPassword === currentPassword) throw invalidField('newPassword', 'must differ from the current one')
  const to = { passwordHash: await deps.passwords.hash(newPassword), at: deps.now() }
  if (!(await deps.users.changePassword(user._id, user.passwordVersion, to))) throw invalidField('currentPassword', 'is wrong')
  await deps.sessions.endOthers(user._id, actor.sessionId)
  await deps.audit.record({
    actor,
    action: 'user.password',
    target: userTarget(user),
    before: null,
    after: null,
  })
}
