import type { Authenticate } from '../../shared/http/app-env.ts'
import { hashToken } from '../../shared/http/token.ts'
import type { ServiceTokenStore } from '../../shared/node/mongo/access/service-tokens.ts'

/** Begins every service token, so that it differs from an access token, and secret scanners find it. */
export const serviceTokenPrefix = 'jta_'

type AuthenticateDeps = { tokens: Pick<ServiceTokenStore, 'findByHash' | 'setLastUsed'>; now: () => Date }

const lastUsedStepMs = 60_000

/** Resolves a service token. Its last use is written at most once a minute. */
export const authenticateServiceToken =
  (deps: AuthenticateDeps): Authenticate =>
  async (bearer) => {
    const now = deps.now()
    const token = await deps.tokens.findByHash(await hashToken(bearer))
    if (!token || token.expiresAt <= now) return null
    if (now.getTime() - (token.lastUsedAt?.getTime() ?? 0) >= lastUsedStepMs) await deps.tokens.setLastUsed(token._id, now)
    return { kind: 'token', id: token._id, name: token.name, scopes: token.scopes }
  }
