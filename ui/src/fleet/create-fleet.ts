import { createSignal } from 'solid-js'
import { answer, type Client, read } from '../api/client.ts'
import { createLive } from './create-live.ts'
import { applyChange, type Dashboard, type DashboardChange, type Fleet, fleetOf, unknownFleet } from './fleet.ts'

/** The fleet as the dashboard knows it, kept up to date. */
export const createFleet = (client: Client) => {
  const [fleet, setFleet] = createSignal<Fleet>(unknownFleet)
  const [updatedAt, setUpdatedAt] = createSignal<number | null>(null)

  const take = (next: Fleet) => {
    setFleet(next)
    setUpdatedAt(Date.now())
  }
  const poll = async (signal?: AbortSignal) => {
    const options = signal && { init: { signal } }
    const [dashboard, { alerts }] = await Promise.all([
      read(client.dashboard.index.$get(undefined, options)),
      read(client.alerts.index.$get({ query: { state: 'firing', limit: '200' } }, options)),
    ])
    if (!signal?.aborted) take(fleetOf({ ...dashboard, firing: { count: alerts.length, alerts } }))
  }
  const { connection, error, hurry } = createLive({
    open: (lastEventId, signal) =>
      answer(
        client.fetch('/api/dashboard/stream', {
          headers: { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) },
          signal,
        }),
      ),
    take: ({ event, data }) => {
      if (event === 'dashboard') take(fleetOf(JSON.parse(data) as Dashboard))
      else if (event === 'change') take(applyChange(fleet(), JSON.parse(data) as DashboardChange))
      else setUpdatedAt(Date.now())
    },
    poll,
  })

  return {
    /** What is known of the fleet. */
    state: {
      get overview() {
        return fleet().overview
      },
      get alerts() {
        return fleet().alerts
      },
      get firing() {
        return fleet().firing
      },
      get rows() {
        return fleet().rows
      },
      get ids() {
        return fleet().ids
      },
    } satisfies Fleet,
    connection,
    /** When the server last said that what is here is current, in epoch milliseconds. */
    updatedAt,
    /** Why the server cannot be asked, while it is offline. */
    error,
    /** Asks for everything now, for who changed something. */
    refresh: () => poll().catch(() => undefined),
    /** Tries at once to reach the server, rather than after a wait. */
    reconnect: hurry,
  }
}
