import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { Settings } from '../../shared/settings.ts'
import { buildDashboard, type Firing } from './build-dashboard.ts'
import { dashboardText, type RenderedDashboard, renderDashboard } from './render-dashboard.ts'

export type DashboardSourceDeps = {
  partners: Pick<PartnerStore, 'list'>
  settings: { read: () => Promise<Settings> }
  /** What fires, with at most `limit` alerts. */
  readFiring: (limit: number) => Promise<Firing>
  now: () => Date
}

export type DashboardSource = {
  /** The dashboard as JSON text, at most `maxAgeMs` old, and never older than the last `invalidate`. */
  read: () => Promise<string>
  /** The same in its parts. */
  current: () => Promise<RenderedDashboard>
  /** Called when something that the dashboard shows was written here. */
  invalidate: () => void
}

/** How long other processes' writes may stay unseen. */
const maxAgeMs = 1_000
const shownAlerts = 200

/** Builds the dashboard once for all who read it at the same moment. */
export const createDashboardSource = (deps: DashboardSourceDeps): DashboardSource => {
  type Entry = { builtAtMs: number; rendered: Promise<RenderedDashboard>; text?: Promise<string> }
  let current: Entry | undefined
  const build = async () => {
    const [partners, settings, firing] = await Promise.all([deps.partners.list(), deps.settings.read(), deps.readFiring(shownAlerts)])
    return renderDashboard(buildDashboard(partners, settings, firing, deps.now()))
  }
  const freshEntry = (): Entry => {
    const nowMs = deps.now().getTime()
    if (current && nowMs - current.builtAtMs < maxAgeMs && nowMs >= current.builtAtMs) return current
    const entry: Entry = { builtAtMs: nowMs, rendered: build() }
    entry.rendered.catch(() => {
      if (current === entry) current = undefined
    })
    current = entry
    return entry
  }
  return {
    read: () => {
      const entry = freshEntry()
      entry.text ??= entry.rendered.then(dashboardText)
      return entry.text
    },
    current: () => freshEntry().rendered,
    invalidate: () => {
      current = undefined
    },
  }
}
