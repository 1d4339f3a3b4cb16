import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { useFleet } from '../fleet/fleet-context.tsx'
import { sections } from './sections.ts'

const FiringCount = () => {
  const { state } = useFleet()
  const count = () => (state.alerts ? state.alerts.critical + state.alerts.high + state.alerts.medium : 0)
  return (
    <Show when={count() > 0}>
      <span class="numeric rounded-full bg-critical-fill px-1.5 text-xs font-semibold text-white">
        {count()}
        <span class="sr-only"> firing</span>
      </span>
    </Show>
  )
}

/** The links to the main screens: in the header, and at the bottom of a phone. */
export const Navigation = (props: { placement: 'header' | 'bottom' }) => (
  <nav
    aria-label="Main"
    class={
      props.placement === 'header'
        ? 'hidden items-center gap-1 sm:flex'
        : 'fixed inset-x-0 bottom-0 z-30 flex justify-around border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden'
    }
  >
    <For each={sections}>
      {(section) => (
        <A
          href={section.path}
          end={section.path === '/'}
          activeClass="bg-accent-soft text-accent"
          inactiveClass="text-muted hover:bg-sunken hover:text-ink"
          class={`flex items-center rounded-md font-medium ${props.placement === 'header' ? 'gap-2 px-3 py-1.5 text-sm' : 'm-1 flex-1 flex-col gap-0.5 py-1.5 text-xs'}`}
        >
          <Dynamic component={section.icon} size={props.placement === 'header' ? 16 : 19} aria-hidden="true" />
          <span class="flex items-center gap-1.5">
            {section.name}
            <Show when={section.path === '/alerts'}>
              <FiringCount />
            </Show>
          </span>
        </A>
      )}
    </For>
  </nav>
)
