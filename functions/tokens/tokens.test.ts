import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { createApp } from '../../shared/http/create-app.ts'
import { hashToken } from '../../shared/http/token.ts'
import { newId } from '../../shared/node/ids.ts'
import { createLog } from '../../shared/node/log.ts'
import { createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { createServiceTokenStore, serviceTokenIndexes } from '../../shared/node/mongo/access/service-tokens.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { authenticateServiceToken } from './authenticate-service-token.ts'
import { tokens } from './handler.ts'
import type { CreatedToken, Token } from './schema.ts'

const dayMs = 86_400_000
const people: Record<string, Actor> = {
  admin: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' },
  viewer: { kind: 'user', id: 'u2', name: 'Eve', role: 'VIEWER', sessionId: 's2' },
}

const openTokens = async () => {
  const clock = { ms: Date.UTC(2026, 2, 2, 12) }
  const database = await openTestDatabase({ now: () => clock.ms })
  await ensureIndexes(database.db, [serviceTokenIndexes])
  const now = () => new Date(clock.ms)
  const store = createServiceTokenStore(database.db)
  let lastUsedWrites = 0
  const authenticate = authenticateServiceToken({
    tokens: {
      ...store,
      setLastUsed: (id, at) => {
        lastUsedWrites += 1
        return store.setLastUsed(id, at)
      },
    },
    now,
  })
  const app = createApp({
    log: createLog({ level: 'silent' }),
    corsOrigins: [],
    newId,
    peer: () => ({ address: '', trusted: false }),
    monotonicMs: () => 0,
  })
  const audit = createAuditLog(database.db, { newId, now })
  const deps = { tokens: store, audit, now, newId, authenticate: async (bearer: string) => people[bearer] ?? authenticate(bearer) }
  app.route('/api/tokens', tokens(deps))
  const request = (path: string, options: { as?: string; method?: string; body?: unknown } = {}) =>
    app.request(`/api/tokens${path}`, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: { Authorization: `Bearer ${options.as ?? 'admin'}`, 'Content-Type': 'application/json' },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    })
  return { ...database, clock, authenticate, request, lastUsedWrites: () => lastUsedWrites }
}

let site: Awaited<ReturnType<typeof openTokens>>
beforeEach(async () => {
  site = await openTokens()
})
afterEach(() => site.close())

const newToken = (changes: Record<string, unknown> = {}) => ({
  name: 'Reports',
  scopes: ['dashboard:read', 'partners:read'],
  expiresAt: new Date(site.clock.ms + dayMs).toISOString(),
  ...changes,
})
const create = async () => (await (await site.request('', { body: newToken() })).json()) as CreatedToken
const list = async () => (await (await site.request('')).json()) as Token[]

test('shows a new token once and stores only its hash', async () => {
  const response = await site.request('', { body: newToken() })
  expect(response.status).toBe(201)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const created = (await response.json()) as CreatedToken
  expect(created.token).toMatch(/^jta_[\w-]{43}$/)
  const { token, ...shown } = created
  expect(shown).toEqual({
    id: expect.any(String),
    name: 'Reports',
    prefix: token.slice(0, 12),
    scopes: ['dashboard:read', 'partners:read'],
    expiresAt: '2026-03-03T12:00:00.000Z',
    createdAt: '2026-03-02T12:00:00.000Z',
    createdBy: 'Ada',
    lastUsedAt: null,
  })
  expect(await list()).toEqual([shown])
  const stored = JSON.stringify([
    await site.db.collection('service_tokens').find().toArray(),
    await site.db.collection('audit_log').find().toArray(),
  ])
  expect(stored).toContain(await hashToken(token))
  expect(stored).not.toContain(token)
})

test('accepts a token as an actor with its scopes until it expires', async () => {
  const { token, id } = await create()
  expect(await site.authenticate(token)).toEqual({ kind: 'token', id, name: 'Reports', scopes: ['dashboard:read', 'partners:read'] })
  expect(await site.authenticate(`${token}x`)).toBeNull()
  site.clock.ms += dayMs - 1
  expect(await site.authenticate(token)).not.toBeNull()
  site.clock.ms += 1
  expect(await site.authenticate(token)).toBeNull()
})

test('revokes a token at once', async () => {
  const { token, id } = await create()
  expect((await site.request(`/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect(await site.authenticate(token)).toBeNull()
  expect(await list()).toEqual([])
  expect((await site.request(`/${id}`, { method: 'DELETE' })).status).toBe(404)
})

test('shows when a token was last used, written at most once a minute', async () => {
  const { token } = await create()
  const lastUsedAt = async () => (await list())[0]?.lastUsedAt
  await site.authenticate(token)
  site.clock.ms += 59_999
  await site.authenticate(token)
  expect(await lastUsedAt()).toBe('2026-03-02T12:00:00.000Z')
  expect(site.lastUsedWrites()).toBe(1)
  site.clock.ms += 1
  await site.authenticate(token)
  expect(await lastUsedAt()).toBe('2026-03-02T12:01:00.000Z')
})

test('refuses viewers, service tokens with any scope, and strangers', async () => {
  const { token, id } = await create()
  for (const [as, status] of [
    ['viewer', 403],
    [token, 403],
    ['stranger', 401],
  ] as const) {
    expect((await site.request('', { as })).status).toBe(status)
    expect((await site.request('', { as, body: newToken({ name: 'Other' }) })).status).toBe(status)
    expect((await site.request(`/${id}`, { as, method: 'DELETE' })).status).toBe(status)
  }
})

test('refuses the name of a live token in any case, and gives an expired one away', async () => {
  await create()
  expect((await site.request('', { body: newToken({ name: ' REPORTS ' }) })).status).toBe(409)
  const both = [newToken({ name: 'Twin' }), newToken({ name: 'twin' })]
  const answers = await Promise.all(both.map((body) => site.request('', { body })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  site.clock.ms += dayMs
  expect((await site.request('', { body: newToken({ name: 'REPORTS' }) })).status).toBe(201)
})

test('refuses a token without scope, with an unknown one, or that does not end within 400 days, naming the field', async () => {
  const at = (ms: number) => new Date(site.clock.ms + ms).toISOString()
  for (const [changes, path] of [
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['everything'] }, 'scopes.0'],
    [{ name: '  ' }, 'name'],
    [{ expiresAt: undefined }, 'expiresAt'],
    [{ expiresAt: '2026-03-09' }, 'expiresAt'],
    [{ expiresAt: at(0) }, 'expiresAt'],
    [{ expiresAt: at(400 * dayMs + 1) }, 'expiresAt'],
  ] as const) {
    const response = await site.request('', { body: newToken(changes) })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ error: { issues: [{ path }] } })
  }
  expect((await site.request('', { body: newToken({ expiresAt: at(400 * dayMs) }) })).status).toBe(201)
})

test('audits what is made and revoked, and by whom', async () => {
  const { id, prefix } = await create()
  await site.request(`/${id}`, { method: 'DELETE' })
  const entries = await site.db.collection('audit_log').find().sort({ _id: 1 }).toArray()
  const shown = { name: 'Reports', prefix, scopes: ['dashboard:read', 'partners:read'], expiresAt: new Date(site.clock.ms + dayMs) }
  expect(entries).toMatchObject([
    { action: 'token.create', actor: { kind: 'user', name: 'Ada' }, target: { id }, before: null, after: shown },
    { action: 'token.revoke', actor: { kind: 'user', name: 'Ada' }, target: { id }, before: shown, after: null },
  ])
})
