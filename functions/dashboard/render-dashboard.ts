import type { Dashboard } from './schema.ts'

/** A dashboard as JSON texts, so that each is made once for all who read it and two dashboards compare row by row. */
export type RenderedDashboard = {
  at: string
  /** What differs when the overview changed; its time is not part of it. */
  totals: string
  overview: string
  alerts: string
  firingCount: number
  firing: ReadonlyMap<string, string>
  partners: ReadonlyMap<string, string>
}

export const renderDashboard = ({ overview, alerts, firing, partners }: Dashboard): RenderedDashboard => {
  const { lastUpdated, ...totals } = overview
  return {
    at: lastUpdated,
    totals: JSON.stringify(totals),
    overview: JSON.stringify(overview),
    alerts: JSON.stringify(alerts),
    firingCount: firing.count,
    firing: new Map(firing.alerts.map((alert) => [alert.id, JSON.stringify(alert)])),
    partners: new Map(partners.map((row) => [row.partner.id, JSON.stringify(row)])),
  }
}

export const listText = (texts: Iterable<string>): string => `[${[...texts].join()}]`

/** The dashboard as `GET /api/dashboard` answers it. */
export const dashboardText = ({ overview, alerts, firingCount, firing, partners }: RenderedDashboard): string =>
  `{"overview":${overview},"alerts":${alerts},"firing":{"count":${firingCount},"alerts":${listText(firing.values())}},` +
  `"partners":${listText(partners.values())}}`
