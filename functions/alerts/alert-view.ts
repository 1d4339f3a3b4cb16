import type { OpenAlert } from '../../shared/alert/alert-state.ts'
import type { AlertLogDoc, FiringAlertDoc } from '../../shared/node/mongo/alerts/alert-logs.ts'

const iso = (date: Date | null) => date?.toISOString() ?? null

/** How an alert is now, while it fires; the log has it as of the last event. */
export type AlertNow = { current: OpenAlert | undefined; maintenance: { name: string; until: Date } | null }

/** An alert without its history. */
export const firingAlertView = (doc: FiringAlertDoc, { current, maintenance }: AlertNow) => ({
  id: doc._id,
  partnerId: doc.partnerId,
  partnerName: doc.partnerName,
  ruleId: doc.ruleId,
  level: current?.level ?? doc.level,
  message: current?.message ?? doc.message,
  firedAt: doc.firedAt.toISOString(),
  acknowledged: doc.acknowledged && { ...doc.acknowledged, at: doc.acknowledged.at.toISOString() },
  dismissed: doc.dismissed && { ...doc.dismissed, at: doc.dismissed.at.toISOString(), until: doc.dismissed.until.toISOString() },
  inhibitedBy: current ? current.inhibitedBy : doc.inhibitedBy,
  maintenance: maintenance && { ...maintenance, until: maintenance.until.toISOString() },
})

/** An alert as the API shows it. */
export const alertView = (doc: AlertLogDoc, now: AlertNow) => ({
  ...firingAlertView(doc, now),
  state: doc.state,
  resolvedAt: iso(doc.resolvedAt),
  escalatedAt: iso(doc.escalatedAt),
  events: doc.events.map((event) => ({ ...event, at: event.at.toISOString() })),
  deliveries: doc.deliveries.map((delivery) => ({ ...delivery, at: delivery.at.toISOString() })),
})
