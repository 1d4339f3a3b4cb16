import { userTarget } from '../../shared/audit.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'

export type RevokeOtherSessionsDeps = { sessions: Pick<SessionStore, 'endOthers'>; audit: Pick<AuditLog, 'record'> }

/** Ends all of the actor's sessions but the one that asks. */
export const revokeOtherSessions = async (deps: RevokeOtherSessionsDeps, actor: Extract<Actor, { kind: 'user' }>): Promise<void> => {
  await deps.sessions.endOthers(actor.id, actor.sessionId)
  await deps.audit.record({
    actor,
    action: 'session.revoke-others',
    target: userTarget({ _id: actor.id, username: actor.name }),
    before: null,
    after: null,
  })
}
