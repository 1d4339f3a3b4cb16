import { userTarget } from '../../shared/audit.ts'
import { makeToken } from '../../shared/http/token.ts'
import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'

export type CreateFirstAdminDeps = {
  users: Pick<UserStore, 'isEmpty' | 'insert'>
  passwords: Pick<PasswordHasher, 'hash'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
  newId: () => string
}

const generatedLength = 20

/** Makes the user `admin` when there is no user at all. Returns the password if it had to make one, to be shown once. */
export const createFirstAdmin = async (deps: CreateFirstAdminDeps, givenPassword?: string): Promise<string | null> => {
  if (!(await deps.users.isEmpty())) return null
  const password = givenPassword ?? makeToken().slice(0, generatedLength)
  const admin = { _id: deps.newId(), username: 'admin', role: 'ADMIN', createdAt: deps.now(), updatedAt: deps.now() } as const
  if (!(await deps.users.insert({ ...admin, passwordHash: await deps.passwords.hash(password) }))) return null
  await deps.audit.record({
    actor: 'system',
    action: 'user.create',
    target: userTarget(admin),
    before: null,
    after: { username: admin.username, role: admin.role },
  })
  return givenPassword === undefined ? password : null
}
