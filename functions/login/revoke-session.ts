import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'

export type RevokeSessionDeps = { sessions: Pick<SessionStore, 'end'>; auditLog: Pick<AuditLog, 'record'> }

/** Ends one of the actor's own sessions. */
export const revokeSession = async (deps: RevokeSessionDeps, actor: Actor, sessionId: string): Promise<void> => {
  if (!(await deps.sessions.end(sessionId, actor.id))) throw new AppError('not_found', 'You have no such session.')
  await deps.auditLog.record({
    actor,
    action: 'session.revoke',
    target: { collection: 'sessions', id: sessionId, name: actor.name },
    before: null,
    after: null,
  })
}
