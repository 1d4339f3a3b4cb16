import { tokenTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { ServiceTokenStore } from '../../shared/node/mongo/access/service-tokens.ts'

export type RevokeTokenDeps = { tokens: Pick<ServiceTokenStore, 'remove'>; audit: Pick<AuditLog, 'record'> }

export const revokeToken = async (deps: RevokeTokenDeps, actor: Actor, id: string): Promise<void> => {
  const removed = await deps.tokens.remove(id)
  if (!removed) throw new AppError('not_found', 'There is no such token.')
  const { name, prefix, scopes, expiresAt } = removed
  await deps.audit.record({
    actor,
    action: 'token.revoke',
    target: tokenTarget({ _id: id, name }),
    before: { name, prefix, scopes, expiresAt },
    after: null,
  })
}
