import type { Dashboard, DashboardChange } from '../../../functions/dashboard/schema.ts'

export type FleetRow = Dashboard['partners'][number]
type Firing = Dashboard['firing']
export type FiringAlert = Firing['alerts'][number]

/** What is known of the fleet at one moment. A row that did not change is the same object as before. */
export type Fleet = {
  overview: Dashboard['overview'] | null
  alerts: Dashboard['alerts'] | null
  firing: Firing | null
  /** The partners by id. */
  rows: Readonly<Record<string, FleetRow>>
  /** The ids of all partners: the server's order, then those that came later. */
  ids: readonly string[]
}

export const unknownFleet: Fleet = { overview: null, alerts: null, firing: null, rows: {}, ids: [] }

export const fleetOf = ({ overview, alerts, firing, partners }: Dashboard): Fleet => ({
  overview,
  alerts,
  firing,
  rows: Object.fromEntries(partners.map((row) => [row.partner.id, row])),
  ids: partners.map(({ partner }) => partner.id),
})

const severity = { CRITICAL: 0, HIGH: 1, MEDIUM: 2 } as const

const changeFiring = (known: Firing | null, { count, alerts, removed }: NonNullable<DashboardChange['firing']>): Firing => {
  const byId = new Map([...(known?.alerts ?? []), ...alerts].map((alert) => [alert.id, alert]))
  for (const id of removed) byId.delete(id)
  const order = (one: FiringAlert, other: FiringAlert) =>
    severity[one.level] - severity[other.level] || other.firedAt.localeCompare(one.firedAt)
  return { count, alerts: [...byId.values()].sort(order) }
}

/** The fleet after a change. Partners keep their place; new ones come last. */
export const applyChange = (fleet: Fleet, { partners, removed, overview, alerts, firing }: DashboardChange): Fleet => {
  const rows = { ...fleet.rows }
  const added: string[] = []
  for (const row of partners) {
    const { id } = row.partner
    if (!rows[id]) added.push(id)
    rows[id] = row
  }
  for (const id of removed) delete rows[id]
  const isSame = added.length === 0 && removed.length === 0
  return {
    overview: overview ?? fleet.overview,
    alerts: alerts ?? fleet.alerts,
    firing: firing ? changeFiring(fleet.firing, firing) : fleet.firing,
    rows: partners.length === 0 && removed.length === 0 ? fleet.rows : rows,
    ids: isSame ? fleet.ids : [...fleet.ids, ...added].filter((id) => rows[id]),
  }
}

/** Whether an alert is dismissed for now. */
export const isDismissed = ({ dismissed }: Pick<FiringAlert, 'dismissed'>, nowMs: number): boolean =>
  dismissed !== null && Date.parse(dismissed.until) > nowMs

/** Whether an alert is dismissed for now, in planned maintenance, or explained by another one: it needs nobody. */
export const isHeld = (alert: FiringAlert, nowMs: number): boolean =>
  alert.inhibitedBy !== null || alert.maintenance !== null || isDismissed(alert, nowMs)
