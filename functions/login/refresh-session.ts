import { sessionTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, makeToken } from '../../shared/http/token.ts'
import type { Log } from '../../shared/log.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionDoc, SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserDoc, UserStore } from '../../shared/node/mongo/access/users.ts'
import { type AccessTokenDeps, issueAccess } from './access-token.ts'
import type { Client, SignedIn } from './log-in.ts'
import type { Access } from './schema.ts'

export type RefreshSessionDeps = AccessTokenDeps & {
  users: Pick<UserStore, 'find'>
  sessions: Pick<SessionStore, 'find' | 'findByFamily' | 'rotate' | 'end'>
  audit: Pick<AuditLog, 'record'>
}

/** How long the secret before the current one still renews the access token. */
const graceMs = 10_000
const signedOut = () => new AppError('unauthenticated', 'The session has ended. Sign in again.')

const endReused = async (deps: RefreshSessionDeps, session: SessionDoc, user: UserDoc, refresh: { client: Client; log: Log }) => {
  if (!(await deps.sessions.end(session._id, user._id))) return
  const { address, userAgent } = refresh.client
  refresh.log.warn(
    { userId: user._id, sessionId: session._id, client: address },
    'a spent refresh token was used again; the session was ended',
  )
  await deps.audit.record({
    actor: 'system',
    action: 'session.reuse',
    target: sessionTarget(session._id, user.username),
    before: { address: session.address, userAgent: session.userAgent },
    after: { address, userAgent },
  })
}

/** Exchanges a refresh token, once. Returns `refresh: null` where another request has just exchanged it. */
export const refreshSession = async (
  deps: RefreshSessionDeps,
  refresh: { token: string | undefined; client: Client; log: Log },
): Promise<{ access: Access; refresh: SignedIn['refresh'] | null }> => {
  const [family = '', secret = ''] = refresh.token?.split('.') ?? []
  const now = deps.now()
  const session = await deps.sessions.findByFamily(await hashToken(family))
  const user = session && session.expiresAt > now ? await deps.users.find(session.userId) : null
  if (!session || !user) throw signedOut()

  const [secretHash, nextSecret] = [await hashToken(secret), makeToken()]
  const use = { ...refresh.client, lastUsedAt: now }
  if (await deps.sessions.rotate(session._id, secretHash, await hashToken(nextSecret), use)) {
    const maxAgeSeconds = Math.floor((session.expiresAt.getTime() - now.getTime()) / 1000)
    return { access: await issueAccess(deps, user, session._id), refresh: { token: `${family}.${nextSecret}`, maxAgeSeconds } }
  }
  const latest = await deps.sessions.find(session._id)
  if (!latest) throw signedOut()
  // Two tabs may refresh at once: for 10 s the loser gets an access token too, but no refresh token. A thief who replays a spent
  // one in that time gets an access token that nothing renews and that dies with the session; later, the session ends for both.
  if (latest.spentHash === secretHash && now.getTime() - latest.lastUsedAt.getTime() < graceMs)
    return { access: await issueAccess(deps, user, session._id), refresh: null }
  await endReused(deps, latest, user, refresh)
  throw signedOut()
}
