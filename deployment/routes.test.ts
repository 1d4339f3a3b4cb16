import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { router } from '../functions/router.ts'
import { readConfig } from '../shared/config.ts'
import { type Scope, scopes } from '../shared/http/app-env.ts'
import { createLog } from '../shared/log.ts'
import { createUserStore } from '../shared/mongo/users.ts'
import { openTestDatabase, type TestDatabase } from '../shared/testing/test-databases.ts'
import { wire } from './wire.ts'

type Access = 'open' | { least: 'VIEWER' | 'ADMIN'; scope: Scope | null }

const open: Access = 'open'
const viewer = (scope: Scope | null = null): Access => ({ least: 'VIEWER', scope })
const admin = (scope: Scope | null = null): Access => ({ least: 'ADMIN', scope })

/** Every route of the product, and who may call it. */
const table: Record<string, Access> = {
  'POST /api/login': open,
  'POST /api/login/refresh': open,
  'POST /api/login/logout': open,
  'GET /api/login/me': viewer(),
  'POST /api/login/password': viewer(),
  'GET /api/login/sessions': viewer(),
  'DELETE /api/login/sessions/:id': viewer(),
  'GET /api/tokens': admin(),
  'POST /api/tokens': admin(),
  'DELETE /api/tokens/:id': admin(),
  'GET /api/partners': viewer('partners:read'),
  'POST /api/partners': admin('partners:write'),
  'GET /api/partners/export': admin('partners:read'),
  'POST /api/partners/import': admin('partners:write'),
  'GET /api/partners/:id': viewer('partners:read'),
  'PATCH /api/partners/:id': admin('partners:write'),
  'DELETE /api/partners/:id': admin('partners:write'),
  'POST /api/probe': admin('probe:run'),
  'POST /api/probe/:partnerId': admin('probe:run'),
  'POST /api/probe/:partnerId/trust': admin('partners:write'),
  'GET /api/probe/:partnerId/logs': viewer('probe:read'),
  'DELETE /api/probe/:partnerId/logs': admin('partners:write'),
  'POST /api/snapshots/capture': admin('snapshots:capture'),
  'GET /api/snapshots/:partnerId': viewer('snapshots:read'),
  'GET /api/snapshots/:partnerId/latest': viewer('snapshots:read'),
  'GET /api/alerts': viewer('alerts:read'),
  'GET /api/alerts/summary': viewer('alerts:read'),
  'GET /api/alerts/:id': viewer('alerts:read'),
  'POST /api/alerts/:id/acknowledge': admin('alerts:write'),
  'POST /api/alerts/:id/dismiss': admin('alerts:write'),
  'POST /api/alerts/dispatch': admin('alerts:dispatch'),
  'GET /api/alerts/deliveries': viewer('alerts:read'),
  'POST /api/alerts/deliveries/:id/retry': admin('alerts:write'),
  'GET /api/alerts/rules': viewer('alerts:read'),
  'PUT /api/alerts/rules': admin('alerts:write'),
  'POST /api/alerts/rules/reset': admin('alerts:write'),
  'POST /api/alerts/rules/preview': viewer('alerts:read'),
  'GET /api/alerts/channels': viewer('alerts:read'),
  'POST /api/alerts/channels': admin('alerts:write'),
  'PATCH /api/alerts/channels/:id': admin('alerts:write'),
  'DELETE /api/alerts/channels/:id': admin('alerts:write'),
  'POST /api/alerts/channels/:id/test': admin('alerts:write'),
  'GET /api/alerts/maintenance': viewer('alerts:read'),
  'POST /api/alerts/maintenance': admin('alerts:write'),
  'DELETE /api/alerts/maintenance/:id': admin('alerts:write'),
  'GET /api/dashboard': viewer('dashboard:read'),
  'GET /api/settings': admin('settings:read'),
  'PUT /api/settings': admin(),
  'GET /health': open,
  'GET /metrics': open,
  'GET /api/openapi.json': open,
  'GET /api/docs': open,
  'GET /api/docs/start.js': open,
  'GET /api/docs/:asset': open,
}
const undocumented = ['/api/openapi.json', '/api/docs', '/api/docs/start.js', '/api/docs/:asset']

type Wired = Awaited<ReturnType<typeof wire>>
let dataDir: string
let database: TestDatabase
let wired: Wired
let app: ReturnType<typeof router>
const bearers: Record<'viewer' | 'admin', string> = { viewer: '', admin: '' }
const byScope = new Map<Scope, string>()

const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
const call = (route: string, bearer?: string, body?: unknown) => {
  const [method = '', path = ''] = route.split(' ')
  const init: RequestInit = {
    method,
    headers: { ...(bearer && { Authorization: `Bearer ${bearer}` }), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
  }
  return app.request(path.replaceAll(/:\w+/g, 'none'), body === undefined ? init : { ...init, body: JSON.stringify(body) }, env)
}
const signIn = async (username: string, password: string) =>
  ((await (await call('POST /api/login', undefined, { username, password })).json()) as { accessToken: string }).accessToken
const makeToken = async (name: string, granted: readonly Scope[]) =>
  (
    (await (
      await call('POST /api/tokens', bearers.admin, { name, scopes: granted, expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
    ).json()) as {
      token: string
    }
  ).token

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'routes-'))
  database = await openTestDatabase()
  const password = 'the first admin of this test'
  const config = readConfig({ DATA_DIR: dataDir, MONGO_URL: database.url, DB_NAME: database.db.databaseName, ADMIN_PASSWORD: password })
  wired = await wire(config, createLog({ level: 'silent' }), { runsSweep: false })
  app = router(wired.deps)
  await wired.createFirstAdmin()
  const now = new Date()
  const passwordHash = await wired.deps.passwords.hash(password)
  await createUserStore(database.db).insert({
    _id: 'viewer',
    username: 'viewer',
    role: 'VIEWER',
    passwordHash,
    createdAt: now,
    updatedAt: now,
  })
  bearers.admin = await signIn('admin', password)
  bearers.viewer = await signIn('viewer', password)
  for (const scope of scopes) byScope.set(scope, await makeToken(`only ${scope}`, [scope]))
}, 60_000)
afterAll(async () => {
  await wired.close()
  await database.close()
  await rm(dataDir, { recursive: true })
})

const isRefused = (status: number) => status === 401 || status === 403
/** The routes that do something: a middleware stands under the method ALL. */
const mounted = () => new Set(app.routes.filter((route) => route.method !== 'ALL').map(({ method, path }) => `${method} ${path}`))

describe('the route table', () => {
  it('names every route, and no other', () => {
    expect([...mounted()].sort()).toEqual(Object.keys(table).sort())
  })

  it.each(Object.entries(table))('%s is open to those that the table names', async (route, access) => {
    if (access === 'open') {
      expect(isRefused((await call(route)).status) && route !== 'POST /api/login/refresh').toBe(false)
      return
    }
    expect((await call(route)).status).toBe(401)
    expect((await call(route, 'jta_unknown')).status).toBe(401)
    expect((await call(route, `${bearers.admin}x`)).status).toBe(401)
    expect(isRefused((await call(route, bearers.viewer)).status)).toBe(access.least === 'ADMIN')
    expect(isRefused((await call(route, bearers.admin)).status)).toBe(false)
    for (const [scope, token] of byScope) expect(isRefused((await call(route, token)).status), scope).toBe(scope !== access.scope)
  })
})

type Operation = {
  responses: Record<string, { content?: unknown }>
  parameters?: { in: string; name: string }[]
  security?: unknown[]
  requestBody?: object
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> }
const readDocument = async () => (await (await call('GET /api/openapi.json')).json()) as Document

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const document = await readDocument()
    expect(document.openapi).toMatch(/^3\.1\./)
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document))).toMatchObject({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('covers every route with its parameters, its answers and its errors', async () => {
    const { paths } = await readDocument()
    const documented = Object.keys(table).filter((route) => !undocumented.includes(route.split(' ')[1] ?? ''))
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(described.sort()).toEqual(documented.sort())
    for (const route of documented) {
      const [method = '', path = ''] = route.split(' ')
      const operation = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      const statuses = Object.keys(operation?.responses ?? {})
      expect(statuses, route).toEqual(expect.arrayContaining(table[route] === 'open' ? ['500'] : ['401', '403', '500']))
      expect(
        statuses.some((status) => status.startsWith('2')),
        route,
      ).toBe(true)
      const inPath = (operation?.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => `:${parameter.name}`)
      expect(inPath, route).toEqual(path.match(/:\w+/g) ?? [])
    }
  })
})

describe('the API browser', () => {
  it('needs no outside host', async () => {
    const response = await call('GET /api/docs')
    const page = await response.text()
    expect(page + response.headers.get('content-security-policy')).not.toMatch(/https?:\/\/|\/\/\w/)
    const assets = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1])
    expect(assets).toHaveLength(3)
    for (const asset of assets) expect((await call(`GET ${asset}`)).status, asset).toBe(200)
    expect((await call('GET /api/docs/package.json')).status).toBe(404)
  })
})
