import { For, type JSX, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'

type Paged = {
  isPending: boolean
  isError: boolean
  error: unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}

/** A list that is read page by page, newest first. */
export const PagedList = <Item,>(props: {
  query: Paged
  items: readonly Item[]
  empty: JSX.Element
  more: string
  children: (item: Item) => JSX.Element
}) => (
  <Show when={!props.query.isPending} fallback={<Skeleton lines={6} />}>
    <Show when={props.query.isError}>
      <div class="mb-3">
        <ErrorState error={props.query.error} onRetry={() => props.query.refetch()} />
      </div>
    </Show>
    <Show when={props.items.length > 0} fallback={props.query.isError ? null : props.empty}>
      <ul class="card overflow-hidden">
        <For each={props.items}>{(item) => props.children(item)}</For>
      </ul>
      <Show when={props.query.hasNextPage}>
        <div class="mt-3 text-center">
          <Button busy={props.query.isFetchingNextPage} onClick={() => props.query.fetchNextPage()}>
            {props.more}
          </Button>
        </div>
      </Show>
    </Show>
  </Show>
)
