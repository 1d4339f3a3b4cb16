import { useSearchParams } from '@solidjs/router'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { EmptyState } from '../../../components/states.tsx'
import { useZone } from '../../../time/zone-context.tsx'
import { type AlertFilter, toAlertQuery } from './alert-filter.ts'
import { AlertFilters } from './alert-filters.tsx'
import { AlertTable } from './alert-table.tsx'

type View = 'firing' | 'dismissed' | 'resolved'

const pollMs = 10_000
const empty: Record<View, { title: string; text: string }> = {
  firing: {
    title: 'No alerts are firing',
    text: 'An alert shows here as soon as a rule matches a partner, or a partner cannot be reached.',
  },
  dismissed: { title: 'No alerts are dismissed', text: 'A firing alert that can wait can be dismissed until a time, with a reason.' },
  resolved: { title: 'No alerts have resolved yet', text: 'Alerts stay here for 180 days after they end.' },
}

/** The alerts of a view, newest first, as the address filters them. */
export const AlertList = (props: { view: View }) => {
  const client = useClient()
  const { zone } = useZone()
  const [params] = useSearchParams<AlertFilter>()
  const filter = (): AlertFilter => ({
    level: params.level ?? '',
    partner: params.partner ?? '',
    fired: params.fired ?? '',
    from: params.from ?? '',
    to: params.to ?? '',
  })
  const isFiltered = () => Boolean(params.level || params.partner || params.fired)
  const query = useInfiniteQuery(() => ({
    queryKey: ['alerts', 'list', props.view, filter(), zone()],
    queryFn: ({ pageParam, signal }) =>
      read(
        client.alerts.index.$get(
          { query: { state: props.view, ...toAlertQuery(filter(), Date.now(), zone()), ...(pageParam && { before: pageParam }) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollMs,
    reconcile: 'id',
  }))
  return (
    <>
      <AlertFilters />
      <QueryView query={query}>
        {(data) => (
          <Show
            when={data().pages.some(({ alerts }) => alerts.length > 0)}
            fallback={
              isFiltered() ? (
                <EmptyState title="No alert matches">Choose another level, partner or time.</EmptyState>
              ) : (
                <EmptyState title={empty[props.view].title}>{empty[props.view].text}</EmptyState>
              )
            }
          >
            <AlertTable view={props.view} alerts={data().pages.flatMap(({ alerts }) => alerts)} />
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
