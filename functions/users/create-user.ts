import { userTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'
import { userView } from './list-users.ts'
import type { ListedUser, NewUser } from './schema.ts'

export type CreateUserDeps = {
  users: Pick<UserStore, 'insert'>
  passwords: Pick<PasswordHasher, 'hash'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
  newId: () => string
}

export const createUser = async (deps: CreateUserDeps, actor: Actor, { username, password, role }: NewUser): Promise<ListedUser> => {
  const passwordHash = await deps.passwords.hash(password)
  const at = deps.now()
  const user = { _id: deps.newId(), username, role, createdAt: at, updatedAt: at }
  if (!(await deps.users.insert({ ...user, passwordHash }))) throw new AppError('conflict', 'A user of this name exists.')
  await deps.audit.record({
    actor,
    action: 'user.create',
    target: userTarget(user),
    before: null,
    after: { username, role, password: '[hashed]' },
  })
  return userView(user, 0)
}
