import { userTarget } from '../../shared/audit.ts'
import { invalidField } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'
import { changedMeanwhile, type ExpectUserDeps, expectReplaceable, findUser } from './expect-user.ts'
import { userView } from './list-users.ts'
import type { ListedUser, UserPatch } from './schema.ts'

export type UpdateUserDeps = ExpectUserDeps & {
  users: Pick<UserStore, 'change'>
  sessions: Pick<SessionStore, 'endAll' | 'countByUser'>
  passwords: Pick<PasswordHasher, 'hash'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
}

/** Gives a user another role, which counts at once, or another password, which ends the user's sessions. */
export const updateUser = async (deps: UpdateUserDeps, actor: Actor, id: string, patch: UserPatch): Promise<ListedUser> => {
  const { password } = patch
  if (password !== undefined && id === actor.id) throw invalidField('password', 'change your own with your current one')
  const before = await findUser(deps, id)
  const role = patch.role ?? before.role
  const openSessions = async () => (await deps.sessions.countByUser(deps.now())).get(id) ?? 0
  if (role === before.role && password === undefined) return userView(before, await openSessions())

  const passwordHash = password === undefined ? {} : { passwordHash: await deps.passwords.hash(password) }
  const expected = role === before.role ? { role } : await expectReplaceable(deps, before)
  const after = await deps.users.change(id, expected, { role, ...passwordHash, at: deps.now() })
  if (!after) throw changedMeanwhile()
  if (password !== undefined) await deps.sessions.endAll(id)
  const hidden = password === undefined ? {} : { password: '[hashed]' }
  await deps.audit.record({
    actor,
    action: 'user.update',
    target: userTarget(before),
    before: { ...(role !== before.role && { role: before.role }), ...hidden },
    after: { ...(role !== before.role && { role }), ...hidden },
  })
  return userView(after, await openSessions())
}
