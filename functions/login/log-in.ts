import { AppError } from '../../shared/errors.ts'
import { hashToken, makeToken } from '../../shared/http/token.ts'
import type { PasswordHasher } from '../../shared/node/crypto/password.ts'
import type { SessionDoc, SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserDoc, UserStore } from '../../shared/node/mongo/access/users.ts'
import { type AccessTokenDeps, issueAccess } from './access-token.ts'
import { type CheckPasswordDeps, checkPassword } from './check-password.ts'
import type { Access } from './schema.ts'

/** Where a request comes from, as a session remembers it. */
export type Client = { address: string; userAgent: string | null }

/** What a client holds after signing in: `maxAgeSeconds` is how long the refresh token may be used. */
export type SignedIn = { access: Access; refresh: { token: string; maxAgeSeconds: number } }

export type LogInDeps = CheckPasswordDeps &
  AccessTokenDeps & {
    users: Pick<UserStore, 'find' | 'rehash' | 'signedIn'>
    sessions: Pick<SessionStore, 'insert' | 'end'>
    passwords: Pick<PasswordHasher, 'hash' | 'isCurrent'>
    sessionDays: number
    newId: () => string
  }

const wrong = () => new AppError('unauthenticated', 'The username or the password is wrong.')

const openSession = async (deps: LogInDeps, user: UserDoc, client: Client): Promise<{ session: SessionDoc; refreshToken: string }> => {
  const [family, secret, now] = [makeToken(), makeToken(), deps.now()]
  const session: SessionDoc = {
    _id: deps.newId(),
    userId: user._id,
    familyHash: await hashToken(family),
    secretHash: await hashToken(secret),
    spentHash: null,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + deps.sessionDays * 86_400_000),
    ...client,
  }
  await deps.sessions.insert(session)
  // A password changed since it was checked has ended every session but, perhaps, this one.
  if ((await deps.users.find(user._id))?.passwordVersion !== user.passwordVersion) {
    await deps.sessions.end(session._id, user._id)
    throw wrong()
  }
  return { session, refreshToken: `${family}.${secret}` }
}

export const logIn = async (deps: LogInDeps, attempt: { username: string; password: string; client: Client }): Promise<SignedIn> => {
  const { username, password, client } = attempt
  const user = await checkPassword(deps, { username, password, address: client.address })
  if (!user) throw wrong()
  if (!deps.passwords.isCurrent(user.passwordHash))
    await deps.users.rehash(user._id, user.passwordHash, await deps.passwords.hash(password))
  const { session, refreshToken } = await openSession(deps, user, client)
  await deps.users.signedIn(user._id, session.createdAt)
  return {
    access: await issueAccess(deps, user, session._id),
    refresh: { token: refreshToken, maxAgeSeconds: deps.sessionDays * 86_400 },
  }
}
