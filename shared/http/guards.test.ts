import { expect, test } from 'vitest'
import { createLog } from '../node/log.ts'
import type { Actor, Scope } from './app-env.ts'
import { createApp } from './create-app.ts'
import { requireRole, requireUser } from './guards.ts'

const token = (...scopes: Scope[]): Actor => ({ kind: 'token', id: 't', name: 'Reports', scopes })
const actors: Readonly<Record<string, Actor>> = {
  admin: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' },
  viewer: { kind: 'user', id: 'u2', name: 'Eve', role: 'VIEWER', sessionId: 's2' },
  reader: token('partners:read'),
  writer: token('partners:write', 'probe:run'),
}

const app = createApp({
  log: createLog({ level: 'silent' }),
  corsOrigins: [],
  newId: () => 'id',
  peer: () => ({ address: '', trusted: false }),
  monotonicMs: () => 0,
})
app.use(requireUser({ authenticate: async (bearer) => actors[bearer] ?? null }))
app.get('/who', (c) => c.json(c.get('actor').name))
app.get('/viewer', requireRole('VIEWER', 'partners:read'), (c) => c.json('done'))
app.get('/admin', requireRole('ADMIN', 'partners:write'), (c) => c.json('done'))
app.get('/people-only', requireRole('VIEWER'), (c) => c.json('done'))

const statusFor = async (authorization: string | undefined, path: string) =>
  (await app.request(path, { headers: authorization === undefined ? {} : { Authorization: authorization } })).status

test.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer unknown', 'Basic admin', 'admin', 'Bearer  admin'])(
  'answers 401 and asks for a bearer token to %o',
  async (authorization) => {
    expect(await statusFor(authorization, '/who')).toBe(401)
    expect((await app.request('/who')).headers.get('www-authenticate')).toBe('Bearer')
  },
)

test('takes the scheme in any case', async () => {
  expect(await statusFor('bearer admin', '/who')).toBe(200)
})

test.each([
  ['admin', { '/viewer': 200, '/admin': 200, '/people-only': 200 }],
  ['viewer', { '/viewer': 200, '/admin': 403, '/people-only': 200 }],
  ['reader', { '/viewer': 200, '/admin': 403, '/people-only': 403 }],
  ['writer', { '/viewer': 403, '/admin': 200, '/people-only': 403 }],
])('lets %s in where its role or scope allows', async (bearer, expected) => {
  const answers = await Promise.all(Object.keys(expected).map(async (path) => [path, await statusFor(`Bearer ${bearer}`, path)] as const))
  expect(Object.fromEntries(answers)).toEqual(expected)
})
