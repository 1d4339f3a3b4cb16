import { createMemo, createSignal } from 'solid-js'
import type { Dashboard, DashboardChange } from '../../../functions/dashboard/schema.ts'
import { answer, type Client } from '../api/client.ts'
import type { ServerEvent } from '../api/read-events.ts'
import { createLive } from './create-live.ts'
import { applyChange, type Fleet, fleetOf, unknownFleet } from './fleet.ts'

/** The fleet as the dashboard shows it, kept up to date. `heardDate` gets the server's time with each answer. */
export const createFleet = (client: Client, heardDate: (atMs: number) => void = () => {}) => {
  const [fleet, setFleet] = createSignal<Fleet>(unknownFleet)
  const [updatedAt, setUpdatedAt] = createSignal<number | null>(null)

  const ask = async (path: string, headers: Record<string, string>, signal?: AbortSignal) => {
    const response = await answer(client.fetch(path, { headers, ...(signal && { signal }) }))
    const date = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(date)) heardDate(date)
    return response
  }
  const take = (next: Fleet, at: string) => {
    setFleet(next)
    setUpdatedAt(Date.parse(at))
  }
  const takeAll = (dashboard: Dashboard) => take(fleetOf(dashboard), dashboard.overview.lastUpdated)
  const takeEvent = ({ event, data }: ServerEvent) => {
    if (event === 'dashboard') takeAll(JSON.parse(data) as Dashboard)
    else if (event === 'change') {
      const change = JSON.parse(data) as DashboardChange
      take(applyChange(fleet(), change), change.at)
    } else if (event === 'heartbeat') setUpdatedAt(Date.parse((JSON.parse(data) as { at: string }).at))
  }
  const poll = async (signal?: AbortSignal) => {
    const dashboard = (await (await ask('/api/dashboard', {}, signal)).json()) as Dashboard
    if (!signal?.aborted) takeAll(dashboard)
  }
  const { connection, error, hurry } = createLive({
    open: (lastEventId, signal) =>
      ask('/api/dashboard/stream', { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) }, signal),
    take: takeEvent,
    poll,
  })

  const overview = createMemo(() => fleet().overview)
  const alerts = createMemo(() => fleet().alerts)
  const firing = createMemo(() => fleet().firing)
  const rows = createMemo(() => fleet().rows)
  const ids = createMemo(() => fleet().ids)
  return {
    /** What is known of the fleet. */
    state: {
      get overview() {
        return overview()
      },
      get alerts() {
        return alerts()
      },
      get firing() {
        return firing()
      },
      get rows() {
        return rows()
      },
      get ids() {
        return ids()
      },
    } satisfies Fleet,
    connection,
    /** The server's time at which this was current, in epoch milliseconds. */
    updatedAt,
    /** Why the server cannot be asked, while it is offline. */
    error,
    /** Asks for everything now, after a change. */
    refresh: () => poll().catch(() => undefined),
    /** Tries at once to reach the server, rather than after a wait. */
    reconnect: hurry,
  }
}
