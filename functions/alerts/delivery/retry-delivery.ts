import { deliveryTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertOutbox } from '../../../shared/node/mongo/alerts/alert-outbox.ts'

export type RetryDeliveryDeps = { outbox: Pick<AlertOutbox, 'revive'>; audit: Pick<AuditLog, 'record'>; now: () => Date }

/** Sends a dead delivery again. @throws AppError `not_found`, `conflict` */
export const retryDelivery = async (deps: RetryDeliveryDeps, actor: Actor, id: string): Promise<void> => {
  const revived = await deps.outbox.revive(id, deps.now())
  if (revived === 'missing') throw new AppError('not_found', 'There is no such dead delivery.')
  if (revived === 'busy') throw new AppError('conflict', 'What came after it is being sent: try again when that has been.')
  await deps.audit.record({ actor, action: 'delivery.retry', target: deliveryTarget(id), before: null, after: null })
}
