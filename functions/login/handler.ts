import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Actor, AppEnv } from '../../shared/http/app-env.ts'
import { contract, json } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { hashToken } from '../../shared/http/token.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import { type ChangePasswordDeps, changePassword } from './change-password.ts'
import { type ListSessionsDeps, listSessions } from './list-sessions.ts'
import { type LogInDeps, logIn, type SignedIn } from './log-in.ts'
import { type RefreshSessionDeps, refreshSession } from './refresh-session.ts'
import { type RevokeOtherSessionsDeps, revokeOtherSessions } from './revoke-other-sessions.ts'
import { type RevokeSessionDeps, revokeSession } from './revoke-session.ts'
import { Access, Credentials, PasswordChange, Session, User } from './schema.ts'

export type LoginDeps = GuardDeps &
  LogInDeps &
  RefreshSessionDeps &
  ChangePasswordDeps &
  ListSessionsDeps &
  RevokeSessionDeps &
  RevokeOtherSessionsDeps & { sessions: Pick<SessionStore, 'endFamily'> }

const tag = 'login'
const cookieName = 'refresh_token'
/** SameSite=Strict keeps other sites from using the cookie; the routes that take a body take only JSON, which no form can send. */
const cookieOptions = (c: Context<AppEnv>) => ({ httpOnly: true, sameSite: 'Strict', path: '/api/login', secure: c.get('secure') }) as const

const setRefreshCookie = (c: Context<AppEnv>, { token, maxAgeSeconds }: SignedIn['refresh']) =>
  setCookie(c, cookieName, token, { ...cookieOptions(c), maxAge: maxAgeSeconds })

const clientOf = (c: Context<AppEnv>) => ({
  address: c.get('clientAddress'),
  userAgent: c.req.header('user-agent')?.slice(0, 256) ?? null,
})

const userOf = (actor: Actor) => {
  if (actor.kind !== 'user') throw new AppError('forbidden', 'This is not open to service tokens.')
  return actor
}

export const login = (deps: LoginDeps) => {
  const signedIn = [requireUser(deps), requireRole('VIEWER')] as const
  return new Hono<AppEnv>()
    .post(
      '/',
      contract({
        summary: 'Sign in',
        tag,
        answers: { 200: Access },
        errors: ['bad_request', 'unauthenticated', 'too_many_requests', 'unavailable'],
        open: true,
      }),
      json(Credentials),
      async (c) => {
        const { access, refresh } = await logIn(deps, { ...c.req.valid('json'), client: clientOf(c) })
        setRefreshCookie(c, refresh)
        c.header('Cache-Control', 'no-store')
        return c.json(access)
      },
    )
    .post(
      '/refresh',
      contract({
        summary: 'Exchange the refresh cookie for a new access token',
        tag,
        answers: { 200: Access },
        errors: ['unauthenticated'],
        open: true,
      }),
      async (c) => {
        const { access, refresh } = await refreshSession(deps, { token: getCookie(c, cookieName), client: clientOf(c), log: c.get('log') })
        if (refresh) setRefreshCookie(c, refresh)
        c.header('Cache-Control', 'no-store')
        return c.json(access)
      },
    )
    .post('/logout', contract({ summary: 'End the session of the refresh cookie', tag, answers: { 204: null }, open: true }), async (c) => {
      const family = getCookie(c, cookieName)?.split('.')[0]
      if (family) await deps.sessions.endFamily(await hashToken(family))
      deleteCookie(c, cookieName, cookieOptions(c))
      return c.body(null, 204)
    })
    .get('/me', contract({ summary: 'Show who is signed in', tag, answers: { 200: User } }), ...signedIn, (c) => {
      const { id, name, role } = userOf(c.get('actor'))
      return c.json({ id, username: name, role })
    })
    .post(
      '/password',
      contract({
        summary: 'Change the password and end the other sessions',
        tag,
        answers: { 204: null },
        errors: ['bad_request', 'too_many_requests', 'unavailable'],
      }),
      ...signedIn,
      json(PasswordChange),
      async (c) => {
        await changePassword(deps, { ...c.req.valid('json'), actor: userOf(c.get('actor')), address: c.get('clientAddress') })
        return c.body(null, 204)
      },
    )
    .get('/sessions', contract({ summary: 'List your sessions', tag, answers: { 200: z.array(Session) } }), ...signedIn, async (c) =>
      c.json(await listSessions(deps, userOf(c.get('actor')))),
    )
    .delete('/sessions', contract({ summary: 'End your other sessions', tag, answers: { 204: null } }), ...signedIn, async (c) => {
      await revokeOtherSessions(deps, userOf(c.get('actor')))
      return c.body(null, 204)
    })
    .delete(
      '/sessions/:id',
      contract({ summary: 'End one of your sessions', tag, answers: { 204: null }, errors: ['not_found'] }),
      ...signedIn,
      async (c) => {
        await revokeSession(deps, c.get('actor'), c.req.param('id'))
        return c.body(null, 204)
      },
    )
}

export type LoginApi = ReturnType<typeof login>
