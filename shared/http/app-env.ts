import type { Log } from '../log.ts'

export const roles = ['ADMIN', 'VIEWER'] as const
export type Role = (typeof roles)[number]

/** What a service token may do, one scope a right. */
export const scopes = [
  'dashboard:read',
  'partners:read',
  'partners:write',
  'probe:read',
  'probe:run',
  'snapshots:read',
  'snapshots:capture',
  'alerts:read',
  'alerts:write',
  'alerts:dispatch',
  'settings:read',
] as const
export type Scope = (typeof scopes)[number]

/** Who calls: a signed-in user with a role, or another service with scopes. */
export type Actor =
  | { kind: 'user'; id: string; name: string; role: Role; sessionId: string }
  | { kind: 'token'; id: string; name: string; scopes: readonly Scope[] }

/** What `createApp` and the guards put on a request's context. */
export type AppEnv = {
  Variables: { requestId: string; clientAddress: string; secure: boolean; log: Log; actor: Actor }
}

/** Resolves a bearer token (an access token or a service token) to its actor; `null` when it is unknown, expired or revoked. */
export type Authenticate = (bearer: string) => Promise<Actor | null>
