import { Dialog } from '@kobalte/core/dialog'
import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js'
import { type PaletteItem, searchItems } from './palette-items.ts'

/** Finds and does: a text field over a list of pages, partners and actions. */
const CommandPalette = (props: { items: readonly PaletteItem[]; takeTyped: () => string; onClose: () => void }) => {
  const [text, setText] = createSignal('')
  const [index, setIndex] = createSignal(0)
  const listId = createUniqueId()
  const found = createMemo(() => searchItems(props.items, text()))
  createEffect(on(text, () => setIndex(0)))
  const optionId = (at: number) => `${listId}-${at}`
  createEffect(() => document.getElementById(optionId(index()))?.scrollIntoView({ block: 'nearest' }))

  const choose = (item: PaletteItem | undefined) => {
    if (!item) return
    props.onClose()
    item.run()
  }
  const move = (by: number) => setIndex((at) => (found().length === 0 ? 0 : (at + by + found().length) % found().length))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter') choose(found()[index()])
    else return
    event.preventDefault()
  }

  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-black/40" />
        <div class="fixed inset-0 z-50 flex items-start justify-center p-3 pt-[12dvh]">
          <Dialog.Content class="flex max-h-[70dvh] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-pop">
            <Dialog.Title class="sr-only">Find a partner, a page or an action</Dialog.Title>
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={found().length > 0 ? optionId(index()) : undefined}
              aria-label="Find a partner, a page or an action"
              placeholder="Find a partner, a page or an action"
              autocomplete="off"
              spellcheck={false}
              value={text()}
              onFocus={() => setText((before) => before + props.takeTyped())}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={onKeyDown}
              class="h-12 shrink-0 border-b border-line bg-transparent px-4 outline-none placeholder:text-muted"
            />
            <div id={listId} role="listbox" aria-label="Found" class="overflow-y-auto p-1.5">
              <For each={found()}>
                {(item, at) => (
                  <div
                    id={optionId(at())}
                    role="option"
                    tabIndex={-1}
                    aria-selected={at() === index()}
                    onPointerMove={() => setIndex(at())}
                    onClick={() => choose(item)}
                    onKeyDown={onKeyDown}
                    class="flex items-center gap-3 rounded-md px-3 py-2 text-sm aria-selected:bg-accent-soft"
                  >
                    <span class="truncate">{item.label}</span>
                    <Show when={item.hint}>
                      <span class="truncate text-xs text-muted">{item.hint}</span>
                    </Show>
                    <span class="ml-auto text-xs text-muted">{item.group}</span>
                  </div>
                )}
              </For>
            </div>
            <p role="status" class={found().length > 0 ? 'sr-only' : 'px-4 pb-4 text-sm text-muted'}>
              {found().length > 0 ? `${found().length} found` : 'No matches.'}
            </p>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}

export default CommandPalette
