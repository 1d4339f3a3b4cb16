import type { AlertOutbox, OutboxRow } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import type { DeliveryQuery } from './schema.ts'

export type ListDeliveriesDeps = { outbox: Pick<AlertOutbox, 'page'> }

const deliveryView = (row: OutboxRow) => ({
  id: row._id,
  channelId: row.channelId,
  channelName: row.channelName,
  alertId: row.alertId,
  partnerId: row.partnerId,
  partnerName: row.partnerName,
  ruleId: row.event.alert.ruleId,
  level: row.event.alert.level,
  message: row.event.alert.message,
  kind: row.event.notice ?? row.event.type,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  attempts: row.attempts,
  lastCode: row.lastCode,
  messageId: row.messageId,
})

/** Deliveries, newest first. `next`: send it as `before` for the next page. */
export const listDeliveries = async (deps: ListDeliveriesDeps, { limit, ...filter }: DeliveryQuery) => {
  const rows = await deps.outbox.page(filter, limit)
  return { deliveries: rows.map(deliveryView), next: rows.length === limit ? (rows.at(-1)?._id ?? null) : null }
}
