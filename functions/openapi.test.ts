import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SimulatedPartner, startSimulatedPartner } from '../deployment/demo/simulated-partner.ts'
import { type AppUnderTest, openApp } from '../deployment/testing/app-under-test.ts'
import { receivedEvents } from '../deployment/testing/received-events.ts'

type Schema = { [keyword: string]: unknown }
type Content = { content?: Record<string, { schema: Schema }> }
type Operation = {
  summary: string
  security: unknown[]
  parameters?: { in: string; name: string; required?: boolean }[]
  requestBody?: Content
  responses: Record<string, Content>
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }

let site: AppUnderTest
let partner: SimulatedPartner
let document: Document
let operations: { route: string; operation: Operation }[]
let admin: string
beforeAll(async () => {
  site = await openApp()
  partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })
  admin = await site.signIn('ADMIN')
  document = await site.read<Document>('GET /api/openapi.json', {})
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  )
})
afterAll(async () => {
  await site.close()
  await partner.stop()
})

/** The schema with `$ref`s that stay inside it, and closed to what it does not name unless it says that it is open. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  if (typeof copy['$ref'] === 'string') copy['$ref'] = copy['$ref'].replace('#/components/schemas/', '#/$defs/')
  return copy['type'] === 'object' && copy['properties'] ? { additionalProperties: false, ...copy } : copy
}
const jsonOf = ({ content }: Content) => content?.['application/json']?.schema
const eventsOf = ({ content }: Content) => content?.['text/event-stream']?.schema
/** The body; of a stream, all its events or the first of an endless one. */
const textOf = async (response: Response, isEndless: boolean) => {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  const events = []
  for await (const { event, data } of receivedEvents(response)) {
    events.push({ event, data })
    if (isEndless) break
  }
  return JSON.stringify(events)
}
const check = (schema: Schema, value: unknown) => {
  const $defs = closed(document.components.schemas)
  const parsed = z.fromJSONSchema({ ...(closed(schema) as Schema), $defs } as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value)
  return (parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

/** Sends a request and holds the answer against what the document says of this route and status. */
const call = async <Body>(
  route: string,
  options: { as?: string; body?: unknown; headers?: Record<string, string>; query?: string } = {},
) => {
  const [method = '', path = ''] = route.split(' ')
  const matches = ({ route: template }: { route: string }) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(`${method} ${path}`)
  const named = operations.find((entry) => entry.route === route) ?? operations.find(matches)
  if (!named) throw new Error(`${route} is not in the document`)
  const response = await site.request(`${route}${options.query ?? ''}`, { as: admin, ...options })
  const documented = named.operation.responses[response.status]
  const text = await textOf(response, path.endsWith('/stream'))
  expect(documented, `${route} answered ${response.status} ${text}, which is not in the document`).toBeDefined()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  const schema: Schema | undefined = documented && (isStream ? { type: 'array', items: eventsOf(documented) } : jsonOf(documented))
  if (schema) expect(check(schema, JSON.parse(text)), `${route} answered ${text.slice(0, 2_000)}`).toEqual([])
  return { status: response.status, body: (schema ? JSON.parse(text) : text) as Body, headers: response.headers }
}
const unknownIn = (route: string) => route.replaceAll(/\{\w+\}/g, 'nothing')

test('is a valid OpenAPI 3.1 document', async () => {
  expect(document.openapi).toBe('3.1.0')
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true })
})

test('covers every route but its own and the page that shows it, and declares their path parameters', () => {
  const routes = site.app.routes.filter(({ method, path }) => method !== 'ALL' && !/^\/api\/(docs|openapi\.json)/.test(path))
  const expected = new Set(routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`))
  expect(operations.map(({ route }) => route).sort()).toEqual([...expected].sort())
  for (const { route, operation } of operations) {
    const declared = operation.parameters?.filter((parameter) => parameter.in === 'path' && parameter.required).map(({ name }) => name)
    expect(declared ?? [], route).toEqual([...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    expect(operation.summary, route).toMatch(/^[A-Z].+/)
  }
})

test('documents the refusals of every route, all with the one error body', () => {
  for (const { route, operation } of operations) {
    const isOpen = operation.security.length === 0
    const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400 && !route.endsWith(' /health'))
    for (const [status, response] of refusals)
      expect(jsonOf(response), `${route} ${status}`).toEqual({ $ref: '#/components/schemas/Error' })
    const required = ['500', ...(isOpen ? [] : ['401', '403']), ...(operation.requestBody ? ['400', '413', '422'] : [])]
    expect(Object.keys(operation.responses), route).toEqual(expect.arrayContaining(required))
  }
})

test('tells the shape of every body that is sent and answered', () => {
  for (const { route, operation } of operations) {
    if (operation.requestBody) expect(jsonOf(operation.requestBody), route).toBeDefined()
    const success = Object.entries(operation.responses).filter(([status]) => Number(status) < 300)
    expect(success, route).toHaveLength(1)
    for (const [status, response] of success)
      expect((jsonOf(response) ?? eventsOf(response)) === undefined, route).toBe(status === '204' || route === 'GET /metrics')
  }
})

test('holds for every refusal: no token, an unknown id, no body, a body that is not JSON', async () => {
  for (const { route, operation } of operations) {
    if (operation.security.length > 0) expect((await call(unknownIn(route), { as: '' })).status, route).toBe(401)
    await call(unknownIn(route))
    if (!operation.requestBody) continue
    const headers = { Authorization: `Bearer ${admin}` }
    const [method = '', path = ''] = unknownIn(route).split(' ')
    for (const type of ['application/json', 'text/plain']) {
      const { status } = await site.app.request(path, {
        method,
        headers: { ...headers, 'Content-Type': type, 'Content-Length': '1' },
        body: '{',
      })
      if (type === 'application/json' || !route.endsWith('/import')) expect(status, `${route} ${type}`).toBe(400)
    }
  }
})

test('holds for the answers of a whole tour', async () => {
  const { ssh, db } = partner
  const { privateKey, ...login } = ssh
  const connection = { ssh: login, db }
  type WithId = { id: string; version: number }

  const { headers } = await call('POST /api/login', { as: '', body: { username: 'admin', password: 'password of admin' } })
  const Cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  await call('POST /api/login/refresh', { as: '', headers: { Cookie } })
  await call('GET /api/login/me')
  await call('GET /api/login/sessions')

  const created = await call<WithId>('POST /api/partners', { body: { partnerName: 'Acme', ...connection } })
  expect(created.status).toBe(201)
  const { id } = created.body
  await call(`PATCH /api/partners/${id}`, { body: { version: 1, priority: 2 } })
  await call(`PATCH /api/partners/${id}`, { body: { version: 1, priority: 3 } })
  await call('POST /api/partners', { body: { partnerName: 'acme', ...connection } })
  const exported = await call<unknown[]>('GET /api/partners/export')
  await call('POST /api/partners/import', { query: '?dryRun=true', body: exported.body })
  expect((await call('POST /api/partners/import', { body: exported.body })).status).toBe(422)
  await call('POST /api/partners/import', { body: [{ partnerName: 'Imported', isActive: false, db: { ...db, port: 1 } }] })

  const { hostKeySha256: _, ...unpinned } = login
  await call('POST /api/probe', { body: { ssh: unpinned, db } })
  await call(`POST /api/probe/${id}`)
  const Accept = 'text/event-stream'
  expect((await call<unknown[]>(`POST /api/probe/${id}`, { headers: { Accept } })).body).toHaveLength(7)
  await call(`POST /api/probe/${id}/trust`, { body: { sha256: ssh.hostKeySha256 } })
  const capture = await call<{ results: { ok: boolean }[] }>('POST /api/snapshots/capture', { body: {} })
  expect(capture.body.results).toMatchObject([{ ok: true }])
  await call('POST /api/snapshots/capture', { body: { partnerIds: ['nobody'] } })
  expect((await call<unknown[]>('POST /api/snapshots/capture', { body: {}, headers: { Accept } })).body).toHaveLength(3)
  await partner.goDown()
  await call(`PATCH /api/partners/${id}`, { body: { version: 2, ssh: { username: 'other' } } })
  const failed = await call<{ results: { ok: boolean }[] }>('POST /api/snapshots/capture', { body: { partnerIds: [id] } })
  expect(failed.body.results).toMatchObject([{ ok: false }])
  for (const resolution of ['raw', '5m', '1h'])
    expect((await call<{ points: unknown[] }>(`GET /api/snapshots/${id}`, { query: `?resolution=${resolution}` })).body.points).not.toEqual(
      [],
    )
  await call(`GET /api/snapshots/${id}/latest`)
  await call(`GET /api/partners/${id}`)
  await call('GET /api/partners')
  await call('GET /api/dashboard')
  expect((await call<{ event: string }[]>('GET /api/dashboard/stream')).body).toMatchObject([{ event: 'dashboard' }])
  expect((await call<{ logs: unknown[] }>(`GET /api/probe/${id}/logs`, { query: '?limit=2' })).body.logs).toHaveLength(2)
  await call(`DELETE /api/probe/${id}/logs`)

  await call('PUT /api/settings', { body: { captureIntervalSeconds: 30 } })
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const token = await call<WithId>('POST /api/tokens', { body: { name: 'one', scopes: ['dashboard:read'], expiresAt } })
  await call('GET /api/tokens')
  await call(`DELETE /api/tokens/${token.body.id}`)
  const user = await call<WithId>('POST /api/users', { body: { username: 'Eve', password: 'a first password', role: 'VIEWER' } })
  await call('POST /api/users', { body: { username: 'eve', password: 'a first password', role: 'VIEWER' } })
  await call(`PATCH /api/users/${user.body.id}`, { body: { role: 'ADMIN' } })
  await call('GET /api/users')
  await call(`DELETE /api/users/${user.body.id}`)
  const audited = await call<{ entries: unknown[]; next: string | null }>('GET /api/audit', { query: '?limit=2' })
  expect(audited.body.entries).toHaveLength(2)
  await call('GET /api/audit', { query: `?before=${audited.body.next}&collection=users&from=2026-01-01T00:00:00Z` })
  expect((await call('GET /health')).status).toBe(200)
  expect((await call(`DELETE /api/partners/${id}`)).status).toBe(204)
})
