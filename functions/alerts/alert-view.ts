import type { AlertLogDoc } from '../../shared/mongo/alert-logs.ts'

const iso = (date: Date | null) => date?.toISOString() ?? null

/** An alert as the API shows it. */
export const alertView = (doc: AlertLogDoc) => ({
  id: doc._id,
  partnerId: doc.partnerId,
  ruleId: doc.ruleId,
  level: doc.level,
  state: doc.state,
  message: doc.message,
  firedAt: doc.firedAt.toISOString(),
  resolvedAt: iso(doc.resolvedAt),
  acknowledged: doc.acknowledged && { ...doc.acknowledged, at: doc.acknowledged.at.toISOString() },
  dismissed: doc.dismissed && { ...doc.dismissed, at: doc.dismissed.at.toISOString(), until: doc.dismissed.until.toISOString() },
  escalatedAt: iso(doc.escalatedAt),
  inhibitedBy: doc.inhibitedBy,
  events: doc.events.map((event) => ({ ...event, at: event.at.toISOString() })),
  deliveries: doc.deliveries.map((delivery) => ({ ...delivery, at: delivery.at.toISOString() })),
})
