import type { Authenticate } from '../../shared/http/app-env.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserStore } from '../../shared/node/mongo/access/users.ts'
import { type AccessTokenDeps, readAccessToken } from './access-token.ts'

type AuthenticateDeps = AccessTokenDeps & { users: Pick<UserStore, 'find'>; sessions: Pick<SessionStore, 'find'> }

/** Resolves an access token. The user and the session are read each time, so that a removed user, a new role or an ended session counts at once. */
export const createAuthenticate =
  (deps: AuthenticateDeps): Authenticate =>
  async (bearer) => {
    const claims = await readAccessToken(deps, bearer)
    if (!claims) return null
    const [user, session] = await Promise.all([deps.users.find(claims.userId), deps.sessions.find(claims.sessionId)])
    if (!user || !session || session.userId !== user._id || session.expiresAt <= deps.now()) return null
    return { kind: 'user', id: user._id, name: user.username, role: user.role, sessionId: session._id }
  }
