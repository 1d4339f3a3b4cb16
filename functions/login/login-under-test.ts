import { cheapPasswords } from '../../deployment/testing/cheap-passwords.ts'
import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import { createApp } from '../../shared/http/create-app.ts'
import { makeToken } from '../../shared/http/token.ts'
import { newId } from '../../shared/node/ids.ts'
import { createLog } from '../../shared/node/log.ts'
import { createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { createLoginAttemptStore, loginAttemptIndexes } from '../../shared/node/mongo/access/login-attempts.ts'
import { createSessionStore, sessionIndexes } from '../../shared/node/mongo/access/sessions.ts'
import { createUserStore, userIndexes } from '../../shared/node/mongo/access/users.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { createAuthenticate } from './authenticate.ts'
import { login } from './handler.ts'

/** The login function mounted as in production, on a database of its own, with a clock that only the test moves. */
export const openLogin = async () => {
  const clock = { ms: Date.UTC(2026, 2, 2, 12) }
  const now = () => new Date(clock.ms)
  const database = await openTestDatabase({ now: () => clock.ms })
  const { db } = database
  await ensureIndexes(db, [userIndexes, sessionIndexes, loginAttemptIndexes])
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
  const passwords = cheapPasswords()
  const stores = { users: createUserStore(db), sessions: createSessionStore(db), attempts: createLoginAttemptStore(db) }
  const audit = createAuditLog(db, { newId, now })
  const base = { ...stores, passwords, audit, now, newId, jwtSecret: makeToken(), jwtExpiryMinutes: 15, sessionDays: 7 }
  const deps = { ...base, authenticate: createAuthenticate(base) }
  const app = createApp({ log, corsOrigins: [], newId, peer: () => ({ address: '', trusted: true }), monotonicMs: () => clock.ms })
  app.route('/api/login', login(deps))

  const request = (path: string, options: { method?: string; body?: unknown; address?: string; headers?: Record<string, string> } = {}) =>
    app.request(`/api/login${path}`, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: {
        'X-Forwarded-For': options.address ?? '198.51.100.1',
        ...(options.body !== undefined && { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    })

  return {
    deps,
    db,
    clock,
    lines,
    request,
    close: database.close,
    addUser: async (username: string, role: 'ADMIN' | 'VIEWER' = 'VIEWER') => {
      const id = newId()
      const passwordHash = await passwords.hash(`password of ${username}`)
      await stores.users.insert({ _id: id, username, role, passwordHash, createdAt: now(), updatedAt: now() })
      return id
    },
    /** Tries to sign in: with the right password where none is given. */
    signIn: (username: string, options: { password?: string; address?: string; headers?: Record<string, string> } = {}) =>
      request('', { ...options, body: { username, password: options.password ?? `password of ${username}` } }),
    audited: async () => (await db.collection('audit_log').find().sort({ at: 1, _id: 1 }).toArray()).map((entry) => entry['action']),
  }
}

export type LoginUnderTest = Awaited<ReturnType<typeof openLogin>>

/** The `name=value` of the refresh cookie that an answer sets. */
export const refreshCookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? ''

/** The headers of a signed-in client. */
export const bearerOf = async (response: Response): Promise<{ Authorization: string }> => {
  const { accessToken } = (await response.clone().json()) as { accessToken: string }
  return { Authorization: `Bearer ${accessToken}` }
}
