import { type Component, createSignal, lazy, Show, Suspense } from 'solid-js'
import type { MenuButton } from './menu.tsx'

/** A menu whose code is loaded when somebody is about to open it. `load` is called once. */
export const LazyMenu = (props: Omit<MenuButton, 'defaultOpen'> & { load: () => Promise<{ default: Component<MenuButton> }> }) => {
  const [isWanted, setWanted] = createSignal(false)
  const Loaded = lazy(() => props.load())
  const button = () => (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label={props.label}
      title={props.label}
      class={props.triggerClass}
      onPointerEnter={() => void Loaded.preload()}
      onFocus={() => void Loaded.preload()}
      onClick={() => setWanted(true)}
    >
      {props.trigger}
    </button>
  )
  return (
    <Show when={isWanted()} fallback={button()}>
      <Suspense fallback={button()}>
        <Loaded label={props.label} trigger={props.trigger} triggerClass={props.triggerClass} defaultOpen />
      </Suspense>
    </Show>
  )
}
