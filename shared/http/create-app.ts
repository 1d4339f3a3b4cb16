import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { AppError, statusOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { allowMethods } from './allow-methods.ts'
import type { AppEnv } from './app-env.ts'
import { reportError } from './report-error.ts'

/** Who is at the other end of the connection, as the platform knows it. */
export type Peer = {
  address: string
  /** The peer is the proxy that the configuration names, so that its forwarding headers hold. */
  trusted: boolean
}

export type AppDeps = {
  log: Log
  corsOrigins: readonly string[]
  newId: () => string
  peer: (c: Context) => Peer
  /** Monotonic milliseconds. */
  monotonicMs: () => number
}

const defaultBodyLimitBytes = 1_048_576
const requestIdPattern = /^[\w-]{8,64}$/
const IpAddress = z.union([z.ipv4(), z.ipv6()])

const identify = (deps: AppDeps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const peer = deps.peer(c)
    const forwardedFor = IpAddress.safeParse(c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim())
    const proposedId = c.req.header('x-request-id')
    const requestId = peer.trusted && proposedId && requestIdPattern.test(proposedId) ? proposedId : deps.newId()
    c.set('requestId', requestId)
    c.set('clientAddress', peer.trusted && forwardedFor.success ? forwardedFor.data : peer.address)
    c.set('secure', peer.trusted ? c.req.header('x-forwarded-proto') === 'https' : new URL(c.req.url).protocol === 'https:')
    c.set('log', deps.log.child({ requestId }))
    c.header('X-Request-Id', requestId)
    await next()
  })

const logRequests = (deps: AppDeps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const startedAt = deps.monotonicMs()
    await next()
    const actor = c.get('actor')
    c.get('log').info(
      {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        ms: Math.round(deps.monotonicMs() - startedAt),
        client: c.get('clientAddress'),
        ...(actor && { actor: `${actor.kind}:${actor.id}` }),
      },
      'request',
    )
  })

const limitBody = (bodyLimits: Readonly<Record<string, number>>) => {
  const limit = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new AppError('payload_too_large', `The body is larger than ${maxSize} bytes.`)
      },
    })
  const standard = limit(defaultBodyLimitBytes)
  const larger = new Map(Object.entries(bodyLimits).map(([path, bytes]) => [path, limit(bytes)]))
  return createMiddleware<AppEnv>((c, next) => (larger.get(c.req.path) ?? standard)(c, next))
}

/** For the UI's page, and harmless on everything else. A page with other needs sets its own. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const restrictContent = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (!c.res.headers.has('Content-Security-Policy')) c.res.headers.set('Content-Security-Policy', contentPolicy)
})

/**
 * The app that every function is mounted on: request id, one log line a request, security headers, CORS, the body limit (1 MB)
 * and the one error body `{ error: { code, message, requestId, issues? } }`. `bodyLimits`: paths that take a larger body, in bytes.
 */
export const createApp = (deps: AppDeps, bodyLimits: Readonly<Record<string, number>> = {}): Hono<AppEnv> => {
  const app = new Hono<AppEnv>()
  app.use(identify(deps), logRequests(deps))
  app.use(restrictContent)
  app.use(secureHeaders({ crossOriginResourcePolicy: 'same-origin', xFrameOptions: 'DENY', referrerPolicy: 'no-referrer' }))
  if (deps.corsOrigins.length > 0) app.use(cors({ origin: [...deps.corsOrigins], credentials: true, maxAge: 600 }))
  app.use(allowMethods(app))
  app.use(limitBody(bodyLimits))
  app.notFound(() => {
    throw new AppError('not_found', 'There is nothing at this address.')
  })
  app.onError((error, c) => {
    const { failure, body } = reportError(c, error)
    if (failure.retryAfterSeconds !== undefined) c.header('Retry-After', String(failure.retryAfterSeconds))
    return c.json(body, statusOf[failure.code])
  })
  return app
}
