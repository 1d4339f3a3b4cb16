import { type Component, createSignal, lazy, Show } from 'solid-js'
import { LoadedParts } from './loaded-parts.tsx'
import type { MenuButton } from './menu.tsx'

/** A menu whose code is loaded when somebody is about to open it. `load` is called once. */
export const LazyMenu = (props: Omit<MenuButton, 'defaultOpen'> & { load: () => Promise<{ default: Component<MenuButton> }> }) => {
  const [isWanted, setWanted] = createSignal(false)
  const Loaded = lazy(() => props.load())
  const prepare = () => Loaded.preload().catch(() => {})
  const button = () => (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label={props.label}
      title={props.label}
      class={props.triggerClass}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => setWanted(true)}
    >
      {props.trigger}
    </button>
  )
  return (
    <Show when={isWanted()} fallback={button()}>
      <LoadedParts loading={button()} onFailed={() => setWanted(false)}>
        <Loaded label={props.label} trigger={props.trigger} triggerClass={props.triggerClass} defaultOpen />
      </LoadedParts>
    </Show>
  )
}
