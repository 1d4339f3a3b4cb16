import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/solid-query'
import { type JSX, Match, Show, Switch } from 'solid-js'
import { Button } from './button.tsx'
import { ErrorState, Skeleton } from './states.tsx'

/**
 * What a query shows: a skeleton, its error with a way to try again, or its data. Data that could not be refreshed stays, with a
 * note.
 */
export const QueryView = <Data,>(props: {
  query: UseQueryResult<Data> | UseInfiniteQueryResult<Data>
  skeleton?: JSX.Element
  children: (data: () => Data) => JSX.Element
}) => {
  // To read `data` before it is there would suspend the whole screen.
  const hasData = () => props.query.dataUpdatedAt > 0
  return (
    <Switch fallback={props.skeleton ?? <Skeleton />}>
      <Match when={hasData()}>
        <Show when={props.query.isError}>
          <p role="status" class="mb-3 flex flex-wrap items-center gap-2 rounded-md bg-medium-soft px-3 py-2 text-sm text-medium">
            This may be out of date: it could not be refreshed.
            <Button size="small" onClick={() => props.query.refetch()}>
              Try again
            </Button>
          </p>
        </Show>
        {props.children(() => props.query.data as Data)}
      </Match>
      <Match when={props.query.isError}>
        <ErrorState error={props.query.error} onRetry={() => props.query.refetch()} />
      </Match>
    </Switch>
  )
}
