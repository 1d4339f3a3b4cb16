import { createEffect, type JSX, Show } from 'solid-js'

/** A screen: its name (also the window's title), what it is about, its actions, and its content. */
export const Page = (props: { title: string; description?: JSX.Element; actions?: JSX.Element; children: JSX.Element }) => {
  createEffect(() => {
    document.title = `${props.title} · JobTalk Admin`
  })
  return (
    <div class="mx-auto w-full max-w-[1500px] px-3 py-4 sm:px-6 sm:py-6">
      <header class="mb-4 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 class="text-xl font-semibold tracking-tight">{props.title}</h1>
          <Show when={props.description}>
            <div class="mt-0.5 text-sm text-muted">{props.description}</div>
          </Show>
        </div>
        <Show when={props.actions}>
          <div class="flex flex-wrap gap-2">{props.actions}</div>
        </Show>
      </header>
      {props.children}
    </div>
  )
}
