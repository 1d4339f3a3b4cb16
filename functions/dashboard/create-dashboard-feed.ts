import type { Log } from '../../shared/log.ts'
import type { DashboardSource } from './create-dashboard-source.ts'
import { createVersionedTexts } from './create-versioned-texts.ts'
import { dashboardText, listText, type RenderedDashboard } from './render-dashboard.ts'

export type DashboardFeedDeps = {
  source: Pick<DashboardSource, 'current'>
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborts when the process takes no new work. */
  stopping: AbortSignal
  newId: () => string
  log: Log
}

type DashboardUpdate = { event: 'dashboard' | 'change'; id: string; data: string }

export type DashboardFeed = {
  /** Reads the dashboard again. */
  refresh: () => Promise<void>
  /** Resolves at the next tick, when the dashboard was read again, or is not being read as the process stops. */
  nextTick: () => Promise<void>
  /** What a client that has the dashboard as of update `id` needs: all of it when that is unknown, `null` when nothing changed. */
  updateAfter: (id: string | undefined) => DashboardUpdate | null
  /** The time as of which the dashboard is known. */
  knownAt: () => string
}

const tickMs = 1_000

/** The changes of the dashboard for all who follow it. It is read once a tick, while somebody waits for the tick; each change is made once. */
export const createDashboardFeed = (deps: DashboardFeedDeps): DashboardFeed => {
  const feedId = deps.newId()
  const [partners, firing] = [createVersionedTexts(), createVersionedTexts()]
  let version = 0
  let current: RenderedDashboard | undefined
  const changed = { totals: 0, alerts: 0, firing: 0 }
  let ticking: Promise<void> | undefined
  const made = new Map<number, DashboardUpdate>()

  const take = (next: RenderedDashboard) => {
    const to = version + 1
    const isFiringChanged = firing.take(next.firing, to)
    if (isFiringChanged || next.firingCount !== current?.firingCount) changed.firing = to
    if (next.totals !== current?.totals) changed.totals = to
    if (next.alerts !== current?.alerts) changed.alerts = to
    const isChanged = partners.take(next.partners, to) || Math.max(...Object.values(changed)) === to
    current = next
    if (!isChanged) return
    version = to
    made.clear()
  }
  const refresh = async () => {
    const next = await deps.source.current()
    if (next !== current) take(next)
  }
  const tick = async () => {
    await deps.wait(tickMs, deps.stopping)
    if (!deps.stopping.aborted) await refresh().catch((err: unknown) => deps.log.warn({ run: 'dashboard', err }, 'dashboard not read'))
  }

  const makeUpdate = (dashboard: RenderedDashboard, since: number): DashboardUpdate => {
    const id = `${feedId}.${version}`
    const isKnown = since >= Math.max(1, partners.completeAfter(), firing.completeAfter())
    if (!isKnown) return { event: 'dashboard', id, data: dashboardText(dashboard) }
    const fields = [
      `"at":"${dashboard.at}"`,
      ...(changed.totals > since ? [`"overview":${dashboard.overview}`] : []),
      ...(changed.alerts > since ? [`"alerts":${dashboard.alerts}`] : []),
      ...(changed.firing > since
        ? [
            `"firing":{"count":${dashboard.firingCount},"alerts":${listText(firing.changedAfter(since))},` +
              `"removed":${JSON.stringify(firing.removedAfter(since))}}`,
          ]
        : []),
      `"partners":${listText(partners.changedAfter(since))}`,
      `"removed":${JSON.stringify(partners.removedAfter(since))}`,
    ]
    return { event: 'change', id, data: `{${fields.join()}}` }
  }

  return {
    refresh,
    nextTick: () => {
      ticking ??= tick().finally(() => {
        ticking = undefined
      })
      return ticking
    },
    updateAfter: (id) => {
      if (!current) return null
      const [feed, text] = id?.split('.') ?? []
      const since = feed === feedId && Number(text) <= version ? Number(text) : 0
      if (since === version) return null
      const update = made.get(since) ?? makeUpdate(current, since)
      made.set(since, update)
      return update
    },
    knownAt: () => current?.at ?? '',
  }
}
