import type { OpenAlert } from '../../shared/alert-state.ts'
import type { AlertLogDoc } from '../../shared/mongo/alert-logs.ts'

const iso = (date: Date | null) => date?.toISOString() ?? null

/** An alert as the API shows it. `current`: how it is now, while it fires; the log has it as of the last event. */
export const alertView = (doc: AlertLogDoc, current: OpenAlert | undefined) => ({
  id: doc._id,
  partnerId: doc.partnerId,
  partnerName: doc.partnerName,
  ruleId: doc.ruleId,
  level: current?.level ?? doc.level,
  state: doc.state,
  message: current?.message ?? doc.message,
  firedAt: doc.firedAt.toISOString(),
  resolvedAt: iso(doc.resolvedAt),
  acknowledged: doc.acknowledged && { ...doc.acknowledged, at: doc.acknowledged.at.toISOString() },
  dismissed: doc.dismissed && { ...doc.dismissed, at: doc.dismissed.at.toISOString(), until: doc.dismissed.until.toISOString() },
  escalatedAt: iso(doc.escalatedAt),
  inhibitedBy: current ? current.inhibitedBy : doc.inhibitedBy,
  events: doc.events.map((event) => ({ ...event, at: event.at.toISOString() })),
  deliveries: doc.deliveries.map((delivery) => ({ ...delivery, at: delivery.at.toISOString() })),
})
