import type { DashboardView } from '../../../functions/dashboard/build-dashboard.ts'

export type FleetRow = DashboardView['partners'][number]
export type FiringAlert = {
  id: string
  partnerId: string | null
  partnerName: string | null
  ruleId: string
  level: 'CRITICAL' | 'HIGH' | 'MEDIUM'
  message: string
  firedAt: string
  acknowledged: { at: string; by: string; note: string | null } | null
  dismissed: { at: string; by: string; reason: string; until: string } | null
  inhibitedBy: string | null
}
type Firing = { count: number; alerts: FiringAlert[] }
export type Dashboard = DashboardView & { firing: Firing }
export type DashboardChange = Partial<Pick<Dashboard, 'overview' | 'alerts' | 'firing'>> & { partners: FleetRow[]; removed: string[] }

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

/** The fleet after a change. Rows keep their place; new ones come last. */
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
    firing: firing ?? fleet.firing,
    rows,
    ids: isSame ? fleet.ids : [...fleet.ids, ...added].filter((id) => rows[id]),
  }
}
