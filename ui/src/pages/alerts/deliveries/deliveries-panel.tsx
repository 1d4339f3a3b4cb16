import { useSearchParams } from '@solidjs/router'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { EmptyState } from '../../../components/states.tsx'
import { createChannelsQuery } from '../create-channels-query.ts'
import { DeliveryTable } from './delivery-table.tsx'

const pollMs = 5_000
const stateChoices = [
  { value: 'any', label: 'All states' },
  { value: 'pending', label: 'Waiting' },
  { value: 'sent', label: 'Sent' },
  { value: 'dead', label: 'Dead' },
] as const

const DeliveriesPanel = () => {
  const client = useClient()
  const [params, setParams] = useSearchParams<{ state: string; channel: string }>()
  const state = () => stateChoices.find(({ value }) => value === params.state)?.value ?? 'any'
  const set = (change: { state?: string; channel?: string }) => setParams(change, { replace: true, scroll: false })
  const channels = createChannelsQuery()
  const channelChoices = () => [
    { value: 'any', label: 'All channels' },
    ...(channels.isSuccess ? channels.data.map(({ id, name }) => ({ value: id, label: name })) : []),
  ]
  const query = useInfiniteQuery(() => {
    const chosen = state()
    const filter = { ...(chosen !== 'any' && { state: chosen }), ...(params.channel && { channelId: params.channel }) }
    return {
      queryKey: ['alerts', 'deliveries', filter],
      queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) =>
        read(client.alerts.deliveries.$get({ query: { ...filter, ...(pageParam && { before: pageParam }) } }, { init: { signal } })),
      initialPageParam: null as string | null,
      getNextPageParam: (page: { next: string | null }) => page.next,
      placeholderData: keepPreviousData,
      refetchInterval: pollMs,
      reconcile: 'id',
    }
  })
  return (
    <>
      <search class="mb-3 flex flex-wrap items-end gap-2">
        <SelectField
          label="State"
          class="w-36"
          options={stateChoices}
          value={state()}
          onChange={(next) => set({ state: next === 'any' ? '' : next })}
        />
        <SelectField
          label="Channel"
          class="w-48"
          options={channelChoices()}
          value={params.channel || 'any'}
          onChange={(channel) => set({ channel: channel === 'any' ? '' : channel })}
        />
      </search>
      <QueryView query={query}>
        {(data) => (
          <Show
            when={data().pages.some(({ deliveries }) => deliveries.length > 0)}
            fallback={
              <EmptyState title={state() === 'dead' ? 'No dead deliveries' : 'No deliveries'}>
                {state() === 'dead'
                  ? 'A delivery that its channel rejects, or does not accept within 24 hours, shows here and can be sent again.'
                  : 'Every notification to a channel shows here.'}
              </EmptyState>
            }
          >
            <DeliveryTable deliveries={data().pages.flatMap(({ deliveries }) => deliveries)} />
            <Show when={query.hasNextPage}>
              <div class="mt-3 flex justify-center">
                <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                  Show more
                </Button>
              </div>
            </Show>
          </Show>
        )}
      </QueryView>
    </>
  )
}

export default DeliveriesPanel
