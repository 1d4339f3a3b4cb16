import { useQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { QueryView } from '../../../components/query-view.tsx'
import { DeliveryTable } from './delivery-table.tsx'

const pollMs = 5_000

/** The deliveries of one alert. */
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
              No deliveries. No channel takes this level or partner, the alert was held back, or they were deleted by age.
            </p>
          }
        >
          <DeliveryTable deliveries={page().deliveries} ofOneAlert />
        </Show>
      )}
    </QueryView>
  )
}
