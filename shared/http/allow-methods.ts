import type { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { AppEnv } from './app-env.ts'

type Route = { path: string; pattern: RegExp; methods: string[] }

const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`)

/** What an app declares, paths without parameters first: they are the ones that an address like theirs means. */
const routesOf = (app: Hono<AppEnv>): Route[] => {
  const declared = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
  return [...Map.groupBy(declared, ({ path }) => path)]
    .map(([path, routes]) => ({ path, pattern: patternOf(path), methods: [...new Set(routes.map(({ method }) => method))] }))
    .sort((left, right) => Number(left.path.includes(':')) - Number(right.path.includes(':')))
}

/**
 * Answers a method that the address does not declare: 405 with `Allow`, before anything else is looked at. `OPTIONS` answers 204 with
 * `Allow`; `HEAD` goes wherever `GET` goes. Addresses that nothing declares are left alone.
 */
export const allowMethods = (app: Hono<AppEnv>) => {
  let routes: Route[] | undefined
  return createMiddleware<AppEnv>(async (c, next) => {
    routes ??= routesOf(app)
    const { method, path } = c.req
    const route = routes.find(({ pattern }) => pattern.test(path))
    if (!route || route.methods.includes(method === 'HEAD' ? 'GET' : method)) return next()
    c.header('Allow', [...route.methods, ...(route.methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', '))
    if (method === 'OPTIONS') return c.body(null, 204)
    throw new AppError('method_not_allowed', `Send ${route.methods.join(' or ')} to this address.`)
  })
}
