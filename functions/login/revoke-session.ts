import { sessionTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'

export type RevokeSessionDeps = { sessions: Pick<SessionStore, 'end'>; audit: Pick<AuditLog, 'record'> }

/** Ends one of the actor's own sessions. */
export const revokeSession = async (deps: RevokeSessionDeps, actor: Actor, sessionId: string): Promise<void> => {
  if (!(await deps.sessions.end(sessionId, actor.id))) throw new AppError('not_found', 'You have no such session.')
  await deps.audit.record({
    actor,
    action: 'session.revoke',
    target: sessionTarget(sessionId, actor.name),
    before: null,
    after: null,
  })
}
