import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { Session } from './schema.ts'

export type ListSessionsDeps = { sessions: Pick<SessionStore, 'listByUser'>; now: () => Date }

export const listSessions = async (deps: ListSessionsDeps, actor: { id: string; sessionId: string }): Promise<Session[]> => {
  const sessions = await deps.sessions.listByUser(actor.id, deps.now())
  return sessions.map(({ _id, createdAt, lastUsedAt, expiresAt, address, userAgent }) => ({
    id: _id,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    address,
    userAgent,
    current: _id === actor.sessionId,
  }))
}
