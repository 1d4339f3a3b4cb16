import { useQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { QueryView } from '../../../components/query-view.tsx'
import { DeliveryTable } from './delivery-table.tsx'

const pollMs = 5_000

/** What is, was or will be sent of one alert. */
export const AlertDeliveries = (props: { alertId: string }) => {
  const client = useClient()
  const query = useQuery(() => ({
    queryKey: ['alerts', 'deliveries', { alertId: props.alertId }],
    queryFn: ({ signal }) => read(client.alerts.deliveries.$get({ query: { alertId: props.alertId, limit: '200' } }, { init: { signal } })),
    refetchInterval: pollMs,
    reconcile: 'id',
  }))
  return (
    <QueryView query={query}>
      {(page) => (
        <Show
          when={page().deliveries.length > 0}
          fallback={
            <p class="text-sm text-muted">
              Nothing was handed to a channel: no channel wants this level or partner, it was held back, or it is too long ago.
            </p>
          }
        >
          <DeliveryTable deliveries={page().deliveries} ofOneAlert />
        </Show>
      )}
    </QueryView>
  )
}
