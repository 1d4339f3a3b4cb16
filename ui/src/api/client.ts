import { type ClientResponse, hc } from 'hono/client'
import type { AlertsApi } from '../../../functions/alerts/handler.ts'
import type { AuditApi } from '../../../functions/audit/handler.ts'
import type { DashboardApi } from '../../../functions/dashboard/handler.ts'
import type { HealthApi } from '../../../functions/health/handler.ts'
import type { LoginApi } from '../../../functions/login/handler.ts'
import type { PartnersApi } from '../../../functions/partners/handler.ts'
import type { ProbeApi } from '../../../functions/probe/handler.ts'
import type { SecretsApi } from '../../../functions/secrets/handler.ts'
import type { SettingsApi } from '../../../functions/settings/handler.ts'
import type { SnapshotsApi } from '../../../functions/snapshots/handler.ts'
import type { TokensApi } from '../../../functions/tokens/handler.ts'
import type { UsersApi } from '../../../functions/users/handler.ts'
import { ApiError, readApiError } from './api-error.ts'

/** The typed clients of all functions, over one `fetch`. */
export const createClient = (fetch: typeof globalThis.fetch) => {
  const options = { fetch }
  return {
    fetch,
    login: hc<LoginApi>('/api/login', options),
    partners: hc<PartnersApi>('/api/partners', options),
    probe: hc<ProbeApi>('/api/probe', options),
    snapshots: hc<SnapshotsApi>('/api/snapshots', options),
    alerts: hc<AlertsApi>('/api/alerts', options),
    dashboard: hc<DashboardApi>('/api/dashboard', options),
    settings: hc<SettingsApi>('/api/settings', options),
    secrets: hc<SecretsApi>('/api/secrets', options),
    tokens: hc<TokensApi>('/api/tokens', options),
    users: hc<UsersApi>('/api/users', options),
    audit: hc<AuditApi>('/api/audit', options),
    health: hc<HealthApi>('/', options),
  }
}

export type Client = ReturnType<typeof createClient>

const settle = async <Answer>(request: Promise<Answer>): Promise<Answer> => {
  try {
    return await request
  } catch (error) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === 'AbortError')) throw error
    throw new ApiError('The server cannot be reached.', { status: 0, code: 'unreachable' }, error)
  }
}

/** The body of an answer that is a success. @throws ApiError */
export const read = async <Body>(request: Promise<ClientResponse<Body>>): Promise<Body> => {
  const response = await settle(request)
  if (!response.ok) throw await readApiError(response)
  return (response.status === 204 ? undefined : await response.json()) as Body
}

/** A success without a typed body, such as a file or a stream. @throws ApiError */
export const answer = async (request: Promise<Response>): Promise<Response> => {
  const response = await settle(request)
  if (!response.ok) throw await readApiError(response)
  return response
}
