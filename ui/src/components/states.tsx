import Inbox from 'lucide-solid/icons/inbox'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { Index, type JSX, Show } from 'solid-js'
import { ApiError } from '../api/api-error.ts'
import { Button } from './button.tsx'

/** The shape of what is being loaded. */
export const Skeleton = (props: { lines?: number; class?: string }) => (
  <div role="status" class={`flex flex-col gap-2 ${props.class ?? ''}`}>
    <span class="sr-only">Loading</span>
    <Index each={Array.from({ length: props.lines ?? 4 })}>{() => <div class="h-9 animate-pulse rounded-md bg-sunken" />}</Index>
  </div>
)

/** A list without anything in it: says so, and what to do next. */
export const EmptyState = (props: { title: string; children?: JSX.Element; action?: JSX.Element }) => (
  <div class="card flex flex-col items-center gap-2 px-4 py-10 text-center">
    <Inbox size={28} aria-hidden="true" class="text-muted" />
    <p class="font-medium">{props.title}</p>
    <Show when={props.children}>
      <p class="max-w-prose text-sm text-muted">{props.children}</p>
    </Show>
    {props.action}
  </div>
)

/** What happened, the request's id to ask about, and the way to try again. */
export const ErrorState = (props: { error: unknown; onRetry?: () => void }) => {
  const error = () => (props.error instanceof ApiError ? props.error : null)
  return (
    <div role="alert" class="card flex flex-col items-start gap-2 border-critical p-4">
      <p class="flex items-center gap-2 font-medium text-critical">
        <TriangleAlert size={18} aria-hidden="true" />
        {error()?.message ?? 'Something went wrong.'}
      </p>
      <Show when={error()?.requestId}>
        {(id) => (
          <p class="text-xs text-muted">
            Request <code class="font-mono">{id()}</code>
          </p>
        )}
      </Show>
      <Show when={props.onRetry}>{(retry) => <Button onClick={() => retry()()}>Try again</Button>}</Show>
    </div>
  )
}
