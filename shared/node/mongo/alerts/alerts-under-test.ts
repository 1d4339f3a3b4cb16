import type { AlertEvent, OpenAlert } from '../../../alert/alert-state.ts'
import { at } from '../docs-under-test.ts'

export const openAlert = (id: string, changes: Partial<OpenAlert> = {}): OpenAlert => ({
  id,
  ruleId: 'deep-queue',
  level: 'HIGH',
  message: '250 calls wait',
  firedAt: at(0),
  events: 1,
  notifiedAt: at(0),
  lastNotifiedAt: at(0),
  escalatedAt: null,
  acknowledged: null,
  dismissed: null,
  inhibitedBy: null,
  ...changes,
})

/** The `n`th thing that happened to an alert, at minute `n`. */
export const eventOf = (alert: OpenAlert, n: number, type: AlertEvent['type']): AlertEvent => ({
  key: `${alert.id}:${n}`,
  n,
  type,
  at: at(n),
  by: null,
  note: null,
  notice: type === 'resolved' ? 'resolved' : 'fired',
  toEscalation: false,
  alert: { ...alert, events: n, resolvedAt: type === 'resolved' ? at(n) : null },
})
