import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../errors.ts'
import type { Actor, AppEnv, Authenticate, Role, Scope } from './app-env.ts'

export type GuardDeps = { authenticate: Authenticate }

/** Who sends a request now: `null` without a bearer token, and when it is unknown, expired or revoked. */
export const actorOf = async (deps: GuardDeps, c: Context<AppEnv>): Promise<Actor | null> => {
  const [scheme, bearer] = (c.req.header('authorization') ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && bearer ? deps.authenticate(bearer) : null
}

/** Refuses a request without a valid bearer token (401) and puts its actor on the context. */
export const requireUser = (deps: GuardDeps): MiddlewareHandler<AppEnv> =>
  createMiddleware<AppEnv>(async (c, next) => {
    const actor = await actorOf(deps, c)
    if (!actor) {
      c.header('WWW-Authenticate', 'Bearer')
      throw new AppError('unauthenticated', 'Sign in, or send a valid bearer token.')
    }
    c.set('actor', actor)
    await next()
  })

/**
 * Refuses (403) a user below `role` and a service token without `scope`. A route without a scope is closed to service tokens.
 * `ADMIN` may do whatever `VIEWER` may.
 */
export const requireRole = (role: Role, scope?: Scope): MiddlewareHandler<AppEnv> =>
  createMiddleware<AppEnv>(async (c, next) => {
    const actor = c.get('actor')
    if (actor.kind === 'user' && role === 'ADMIN' && actor.role !== 'ADMIN') throw new AppError('forbidden', 'This needs the role ADMIN.')
    if (actor.kind === 'token' && !(scope && actor.scopes.includes(scope)))
      throw new AppError('forbidden', scope ? `This needs the scope ${scope}.` : 'This is not open to service tokens.')
    await next()
  })
