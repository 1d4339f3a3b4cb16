import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { UserDoc, UserStore } from '../../shared/node/mongo/access/users.ts'
import { type SlowDownDeps, slowDown } from './slow-down.ts'

export type CheckPasswordDeps = SlowDownDeps & { users: Pick<UserStore, 'findByUsername'>; passwords: Pick<PasswordHasher, 'verify'> }

/** Returns the user, or `null` after the same work whether the name or the password is wrong. */
export const checkPassword = (
  deps: CheckPasswordDeps,
  attempt: { username: string; password: string; address: string },
): Promise<UserDoc | null> =>
  slowDown(deps, { account: attempt.username, address: attempt.address }, async () => {
    const user = await deps.users.findByUsername(attempt.username)
    return (await deps.passwords.verify(attempt.password, user?.passwordHash ?? null)) ? user : null
  })
