import { userTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'
import { changedMeanwhile, type ExpectUserDeps, expectReplaceable, findUser } from './expect-user.ts'

export type DeleteUserDeps = ExpectUserDeps & {
  users: Pick<UserStore, 'remove'>
  sessions: Pick<SessionStore, 'endAll'>
  audit: Pick<AuditLog, 'record'>
}

/** Removes a user and ends the user's sessions. */
export const deleteUser = async (deps: DeleteUserDeps, actor: Actor, id: string): Promise<void> => {
  if (id === actor.id) throw new AppError('conflict', 'You cannot delete yourself.')
  const user = await findUser(deps, id)
  if (!(await deps.users.remove(id, await expectReplaceable(deps, user)))) throw changedMeanwhile()
  await deps.sessions.endAll(id)
  await deps.audit.record({
    actor,
    action: 'user.delete',
    target: userTarget(user),
    before: { username: user.username, role: user.role },
    after: null,
  })
}
