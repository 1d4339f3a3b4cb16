import { Tabs as Kobalte } from '@kobalte/core/tabs'
import { For, type JSX } from 'solid-js'

/** Tabs over the panels of a screen; the caller keeps which one is open. */
export const Tabs = <Name extends string>(props: {
  label: string
  tabs: readonly { name: Name; label: JSX.Element; panel: () => JSX.Element }[]
  open: Name
  onOpen: (name: Name) => void
}) => (
  <Kobalte value={props.open} onChange={(name) => props.onOpen(name as Name)}>
    <Kobalte.List aria-label={props.label} class="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      <For each={props.tabs}>
        {(tab) => (
          <Kobalte.Trigger
            value={tab.name}
            class="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[selected]:border-accent data-[selected]:text-ink"
          >
            {tab.label}
          </Kobalte.Trigger>
        )}
      </For>
    </Kobalte.List>
    <For each={props.tabs}>{(tab) => <Kobalte.Content value={tab.name}>{tab.panel()}</Kobalte.Content>}</For>
  </Kobalte>
)
