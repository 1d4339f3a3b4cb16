import { encodeEvent } from '../../shared/http/event-stream.ts'
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
  monotonicMs: () => number
  log: Log
}

/** An event for all who need it: its bytes, its id, and the time as of which it is true. */
type DashboardUpdate = { id: string; at: string; bytes: Uint8Array }

export type DashboardFeed = {
  /** Reads the dashboard again. */
  refresh: () => Promise<void>
  /** Resolves at the next tick, when the dashboard was read again, or is not being read as the process stops. */
  nextTick: () => Promise<void>
  /**
   * What a client that has the dashboard as of update `id` needs next: all of it when that is unknown, `null` when nothing changed. All of it
   * may be up to 30 s old; the next update brings the rest.
   */
  updateAfter: (id: string | undefined) => DashboardUpdate | null
  /** The time as of which the dashboard is known. */
  knownAt: () => string
}

const tickMs = 1_000
/** Clients that do not read hold what they were sent, so that as few texts as can be are made: a whole dashboard serves all who come in this time. */
const wholeServesMs = 30_000
/** A client that is further behind gets everything. */
const keptVersions = 64
/** Those who missed more than one change get the changes since a version that few others share. */
const versionsPerStep = 16

/** The changes of the dashboard for all who follow it. It is read once a tick, while somebody waits for the tick; each change is made once. */
export const createDashboardFeed = (deps: DashboardFeedDeps): DashboardFeed => {
  const feedId = deps.newId()
  const [partners, firing] = [createVersionedTexts(), createVersionedTexts()]
  let version = 0
  let current: RenderedDashboard | undefined
  const changed = { totals: 0, alerts: 0, firing: 0 }
  let ticking: Promise<void> | undefined
  const made = new Map<number, DashboardUpdate>()
  let whole: { version: number; madeAtMs: number; update: DashboardUpdate } | undefined

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

  const encode = (dashboard: RenderedDashboard, event: 'dashboard' | 'change', data: string): DashboardUpdate => {
    const id = `${feedId}.${version}`
    return { id, at: dashboard.at, bytes: encodeEvent({ event, id, data }) }
  }
  const oldestReachable = () => Math.max(1, version - keptVersions, partners.completeAfter(), firing.completeAfter())
  const isReachable = (since: number) => since >= oldestReachable() && since <= version

  const readWhole = (dashboard: RenderedDashboard): DashboardUpdate => {
    const madeAtMs = deps.monotonicMs()
    if (!whole || madeAtMs - whole.madeAtMs >= wholeServesMs || !isReachable(whole.version))
      whole = { version, madeAtMs, update: encode(dashboard, 'dashboard', dashboardText(dashboard)) }
    return whole.update
  }

  const makeChange = (dashboard: RenderedDashboard, since: number): DashboardUpdate => {
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
    return encode(dashboard, 'change', `{${fields.join()}}`)
  }

  const readChange = (dashboard: RenderedDashboard, since: number): DashboardUpdate => {
    const from = version - since > 1 ? Math.max(oldestReachable(), since - (since % versionsPerStep)) : since
    const update = made.get(from) ?? makeChange(dashboard, from)
    made.set(from, update)
    return update
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
      const since = feed === feedId ? Number(text) : 0
      if (since === version) return null
      return isReachable(since) ? readChange(current, since) : readWhole(current)
    },
    knownAt: () => current?.at ?? '',
  }
}
