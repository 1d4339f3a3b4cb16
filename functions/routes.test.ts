import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../deployment/testing/app-under-test.ts'
import { type Role, type Scope, scopes } from '../shared/http/app-env.ts'
import { functionNames } from './router.ts'

/** Who may call a route: anybody, or users from this role on and service tokens with this scope (`null`: none). */
type Access = 'open' | readonly [Role, Scope | null]

const table: Readonly<Record<string, Access>> = {
  'POST /api/login': 'open',
  'POST /api/login/refresh': 'open',
  'POST /api/login/logout': 'open',
  'GET /api/login/me': ['VIEWER', null],
  'POST /api/login/password': ['VIEWER', null],
  'GET /api/login/sessions': ['VIEWER', null],
  'DELETE /api/login/sessions': ['VIEWER', null],
  'DELETE /api/login/sessions/:id': ['VIEWER', null],

  'GET /api/tokens': ['ADMIN', null],
  'POST /api/tokens': ['ADMIN', null],
  'DELETE /api/tokens/:id': ['ADMIN', null],

  'GET /api/partners': ['VIEWER', 'partners:read'],
  'POST /api/partners': ['ADMIN', 'partners:write'],
  'GET /api/partners/export': ['ADMIN', 'partners:read'],
  'POST /api/partners/import': ['ADMIN', 'partners:write'],
  'GET /api/partners/:id': ['VIEWER', 'partners:read'],
  'PATCH /api/partners/:id': ['ADMIN', 'partners:write'],
  'DELETE /api/partners/:id': ['ADMIN', 'partners:write'],

  'POST /api/probe': ['ADMIN', 'probe:run'],
  'POST /api/probe/:partnerId': ['ADMIN', 'probe:run'],
  'POST /api/probe/:partnerId/trust': ['ADMIN', 'partners:write'],
  'GET /api/probe/:partnerId/logs': ['VIEWER', 'probe:read'],
  'DELETE /api/probe/:partnerId/logs': ['ADMIN', 'partners:write'],

  'POST /api/snapshots/capture': ['ADMIN', 'snapshots:capture'],
  'GET /api/snapshots/:partnerId': ['VIEWER', 'snapshots:read'],
  'GET /api/snapshots/:partnerId/latest': ['VIEWER', 'snapshots:read'],

  'GET /api/alerts': ['VIEWER', 'alerts:read'],
  'GET /api/alerts/summary': ['VIEWER', 'alerts:read'],
  'POST /api/alerts/dispatch': ['ADMIN', 'alerts:dispatch'],
  'GET /api/alerts/deliveries': ['VIEWER', 'alerts:read'],
  'POST /api/alerts/deliveries/:id/retry': ['ADMIN', 'alerts:write'],
  'GET /api/alerts/:id': ['VIEWER', 'alerts:read'],
  'POST /api/alerts/:id/acknowledge': ['ADMIN', 'alerts:write'],
  'POST /api/alerts/:id/dismiss': ['ADMIN', 'alerts:write'],
  'DELETE /api/alerts/:id/dismiss': ['ADMIN', 'alerts:write'],
  'GET /api/alerts/rules': ['VIEWER', 'alerts:read'],
  'PUT /api/alerts/rules': ['ADMIN', 'alerts:write'],
  'POST /api/alerts/rules/reset': ['ADMIN', 'alerts:write'],
  'POST /api/alerts/rules/preview': ['VIEWER', 'alerts:read'],
  'GET /api/alerts/channels': ['VIEWER', 'alerts:read'],
  'POST /api/alerts/channels': ['ADMIN', 'alerts:write'],
  'PATCH /api/alerts/channels/:id': ['ADMIN', 'alerts:write'],
  'DELETE /api/alerts/channels/:id': ['ADMIN', 'alerts:write'],
  'POST /api/alerts/channels/:id/test': ['ADMIN', 'alerts:write'],
  'GET /api/alerts/maintenance': ['VIEWER', 'alerts:read'],
  'POST /api/alerts/maintenance': ['ADMIN', 'alerts:write'],
  'PUT /api/alerts/maintenance/:id': ['ADMIN', 'alerts:write'],
  'DELETE /api/alerts/maintenance/:id': ['ADMIN', 'alerts:write'],

  'GET /api/dashboard': ['VIEWER', 'dashboard:read'],
  'GET /api/dashboard/stream': ['VIEWER', 'dashboard:read'],
  'GET /api/settings': ['ADMIN', 'settings:read'],
  'PUT /api/settings': ['ADMIN', null],

  'POST /api/secrets/reseal': ['ADMIN', null],

  'GET /api/users': ['ADMIN', null],
  'POST /api/users': ['ADMIN', null],
  'PATCH /api/users/:id': ['ADMIN', null],
  'DELETE /api/users/:id': ['ADMIN', null],
  'GET /api/audit': ['ADMIN', null],

  'GET /health': 'open',
  'GET /metrics': 'open',
  'GET /api/openapi.json': 'open',
  'GET /api/docs': 'open',
  'GET /api/docs/start.js': 'open',
  'GET /api/docs/:asset': 'open',
}

const rows = Object.entries(table)
const routesOf = (app: Pick<AppUnderTest['app'], 'routes'>) =>
  [...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`))].sort()
/** The route with names that nothing has. */
const unknownIn = (route: string) => route.replaceAll(/:\w+/g, 'nothing')

let site: AppUnderTest
let admin: string
let viewer: string
/** Service tokens: for each scope one that has it alone, and one that has all others. */
let only: Map<Scope, string>
let allBut: Map<Scope, string>
let everything: string
beforeAll(async () => {
  site = await openApp()
  ;[admin, viewer] = await Promise.all([site.signIn('ADMIN'), site.signIn('VIEWER')])
  const tokens = async (chosen: (scope: Scope) => Scope[]) =>
    new Map(await Promise.all(scopes.map(async (scope) => [scope, await site.createToken(admin, chosen(scope))] as const)))
  only = await tokens((scope) => [scope])
  allBut = await tokens((scope) => scopes.filter((other) => other !== scope))
  everything = await site.createToken(admin, scopes)
})
afterAll(() => site.close())

const outcome = async (route: string, as?: string) => {
  const { status } = await site.request(unknownIn(route), { as })
  return status === 401 || status === 403 ? status : status < 500 ? 'allowed' : status
}

test('the table names every route, and no other', () => {
  expect(routesOf(site.app)).toEqual(rows.map(([route]) => route).sort())
})

test.each(rows)('%s is open only to those whom the table names', async (route, access) => {
  if (access === 'open') {
    // Sign-in itself answers 401 to whom it does not know.
    if (!route.startsWith('POST /api/login')) expect(await outcome(route)).toBe('allowed')
    return
  }
  const [role, scope] = access
  expect(await outcome(route), 'no token').toBe(401)
  expect(await outcome(route, 'jta_unknown'), 'an unknown token').toBe(401)
  expect(await outcome(route, viewer), 'viewer').toBe(role === 'VIEWER' ? 'allowed' : 403)
  expect(await outcome(route, admin), 'admin').toBe('allowed')
  if (scope === null) expect(await outcome(route, everything), 'a token with every scope').toBe(403)
  else {
    expect(await outcome(route, only.get(scope)), 'a token with the scope').toBe('allowed')
    expect(await outcome(route, allBut.get(scope)), 'a token with all other scopes').toBe(403)
  }
})

/** A path with values for its parameters that no other path means. */
const paths = [...Map.groupBy(rows, ([route]) => route.split(' ')[1] ?? '')].map(([path, routes]) => {
  const methods = routes.map(([route]) => route.split(' ')[0] ?? '')
  return { path: path.replaceAll(/:\w+/g, 'nothing'), methods }
})

test.each(paths)('$path answers 405 to what it does not declare, and says in Allow what it does', async ({ path, methods }) => {
  const taken = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
  const allowed = (response: Response) => response.headers.get('allow')?.split(', ').sort()
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((name) => !taken.includes(name))) {
    const response = await site.request(`${method} ${path}`, { as: admin })
    expect({ method, status: response.status, allowed: allowed(response) }).toEqual({ method, status: 405, allowed: taken })
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  }
  const options = await site.request(`OPTIONS ${path}`)
  expect({ status: options.status, allowed: allowed(options) }).toEqual({ status: 204, allowed: taken })
})

test('an address under /api that nothing declares answers 404 to every method', async () => {
  for (const method of ['GET', 'POST', 'OPTIONS', 'PROPFIND'])
    for (const path of ['/api/nothing', '/api/partners/x/y'])
      expect((await site.request(`${method} ${path}`, { as: admin })).status).toBe(404)
})

test.each(functionNames)('%s alone has the routes that it has beside the others, with the same guards', async (name) => {
  const app = site.alone(name)
  const routes = routesOf(app)
  expect(routes.filter((route) => !(route in table))).toEqual([])
  for (const route of routes.filter((route) => table[route] !== 'open'))
    expect((await site.request(unknownIn(route), {}, app)).status, route).toBe(401)
})
