import type { PartnerStore } from '../../shared/mongo/partners.ts'
import type { Settings } from '../../shared/settings.ts'
import { buildDashboard, type FiringAlerts } from './build-dashboard.ts'

export type DashboardSourceDeps = {
  partners: Pick<PartnerStore, 'list'>
  settings: { read: () => Promise<Settings> }
  /** How many alerts fire, by level. */
  summarizeAlerts: () => Promise<FiringAlerts>
  now: () => Date
}

export type DashboardSource = {
  /** The dashboard as JSON text, at most `maxAgeMs` old, and never older than the last `invalidate`. */
  read: () => Promise<string>
  /** Called when something that the dashboard shows was written here. */
  invalidate: () => void
}

/** How long other processes' writes may stay unseen. */
const maxAgeMs = 1_000

/** Builds the dashboard once for all who read it at the same moment. */
export const createDashboardSource = (deps: DashboardSourceDeps): DashboardSource => {
  let current: { builtAtMs: number; text: Promise<string> } | undefined
  const build = async () => {
    const [partners, settings, firing] = await Promise.all([deps.partners.list(), deps.settings.read(), deps.summarizeAlerts()])
    return JSON.stringify(buildDashboard(partners, settings, firing, deps.now()))
  }
  return {
    read: () => {
      const nowMs = deps.now().getTime()
      if (!current || nowMs - current.builtAtMs >= maxAgeMs || nowMs < current.builtAtMs) {
        const entry = { builtAtMs: nowMs, text: build() }
        entry.text.catch(() => {
          if (current === entry) current = undefined
        })
        current = entry
      }
      return current.text
    },
    invalidate: () => {
      current = undefined
    },
  }
}
