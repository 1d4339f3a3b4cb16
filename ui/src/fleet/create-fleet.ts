import { createSignal, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { DashboardView } from '../../../functions/dashboard/build-dashboard.ts'
import { type Client, read } from '../api/client.ts'

export type FleetRow = DashboardView['partners'][number]

type FleetState = {
  overview: DashboardView['overview'] | null
  alerts: DashboardView['alerts'] | null
  /** The partners by id; a row that changes is updated in place. */
  rows: Record<string, FleetRow>
  /** The ids of all partners, in the server's order. */
  ids: string[]
}

/** `live`: told by the server; `polling`: asked for, as the stream broke; `offline`: the server does not answer. */
export type FleetConnection = 'connecting' | 'live' | 'polling' | 'offline'

const pollMs = 5_000

/** The fleet as the dashboard knows it, kept up to date. */
export const createFleet = (client: Client) => {
  const [state, setState] = createStore<FleetState>({ overview: null, alerts: null, rows: {}, ids: [] })
  const [connection, setConnection] = createSignal<FleetConnection>('connecting')
  const [updatedAt, setUpdatedAt] = createSignal<number | null>(null)
  const [error, setError] = createSignal<unknown>(null)

  const take = ({ overview, alerts, partners }: DashboardView) => {
    const rows = Object.fromEntries(partners.map((row) => [row.partner.id, row]))
    setState(reconcile({ overview, alerts, rows, ids: partners.map(({ partner }) => partner.id) }))
    setUpdatedAt(Date.now())
  }
  const refresh = async () => {
    try {
      take(await read(client.dashboard.index.$get()))
      setConnection('polling')
      setError(null)
    } catch (cause) {
      setConnection('offline')
      setError(cause)
    }
  }
  void refresh()
  const timer = setInterval(refresh, pollMs)
  onCleanup(() => clearInterval(timer))

  return { state, connection, updatedAt, error, refresh }
}
