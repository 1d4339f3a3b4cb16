import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import { createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { CaptureButton } from '../capture-button.tsx'
import type { PartnersProps } from '../partners-props.ts'
import { type ColumnName, column } from './columns.ts'
import { createWindowRows } from './create-window-rows.ts'
import { PartnerCell } from './partner-cell.tsx'
import type { TableView } from './table-view.ts'

const rowRem = 2.75
const actionRem = 2.75

const Heading = (props: { name: ColumnName; sort: TableView['sort']; onSort: (sort: TableView['sort']) => void }) => {
  const { title, isNumeric, sortBy, startsHigh = false } = column(props.name)
  const isSorted = () => props.sort.column === props.name
  const sorted = () => (isSorted() ? (props.sort.isDescending ? 'descending' : 'ascending') : undefined)
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sorted()}
      class={`block content-center px-2 font-medium whitespace-nowrap ${isNumeric ? 'text-right' : 'text-left'}`}
    >
      <Show when={sortBy} fallback={title}>
        <button
          type="button"
          class={`inline-flex h-9 items-center gap-1 rounded-sm hover:text-ink ${isSorted() ? 'text-ink' : ''}`}
          onClick={() => props.onSort({ column: props.name, isDescending: isSorted() ? !props.sort.isDescending : startsHigh })}
        >
          {title}
          <Show when={isSorted()}>
            {props.sort.isDescending ? <ArrowDown size={13} aria-hidden="true" /> : <ArrowUp size={13} aria-hidden="true" />}
          </Show>
        </button>
      </Show>
    </th>
  )
}

/** The partners as a table of which only the rows in sight are rendered. */
export const PartnerTable = (props: PartnersProps) => {
  let frame: HTMLDivElement | undefined
  let body: HTMLTableSectionElement | undefined
  const [fits, setFits] = createSignal(true)
  const rows = createWindowRows({ ids: () => props.ids, active: () => props.active, rowRem, anchor: () => body })
  const width = () => props.view.columns.reduce((sum, name) => sum + column(name).width, props.onCapture ? actionRem : 0)
  const tracks = () =>
    [
      ...props.view.columns.map((name) => (name === 'name' ? 'minmax(0, 1fr)' : `${column(name).width}rem`)),
      ...(props.onCapture ? [`${actionRem}rem`] : []),
    ].join(' ')
  props.onScrollable(rows.scrollTo)
  onMount(() => {
    // A table that does not fit scrolls sideways in its frame, to which its header cannot stick.
    const observer = new ResizeObserver(() => setFits(frame !== undefined && width() * rows.remPx() <= frame.clientWidth))
    if (frame) observer.observe(frame)
    onCleanup(() => observer.disconnect())
  })
  return (
    <div ref={frame} class={`card ${fits() ? '' : 'overflow-x-auto'}`}>
      <table
        role="table"
        aria-label="Partners"
        aria-rowcount={props.ids.length + 1}
        class="block text-sm"
        style={{ 'min-width': `${width()}rem`, '--tracks': tracks() }}
      >
        <thead role="rowgroup" class={`block ${fits() ? 'sticky top-13 z-10' : ''}`}>
          <tr role="row" aria-rowindex={1} class="grid grid-cols-(--tracks) bg-sunken text-xs text-muted">
            <For each={props.view.columns}>{(name) => <Heading name={name} sort={props.view.sort} onSort={props.onSort} />}</For>
            <Show when={props.onCapture}>
              <th role="columnheader" scope="col" class="px-2">
                <span class="sr-only">Actions</span>
              </th>
            </Show>
          </tr>
        </thead>
        <tbody ref={body} role="rowgroup" class="relative block" style={{ height: rows.height() }}>
          <For each={rows.slots()}>
            {({ key: id }) => {
              const index = createMemo(() => props.ids.indexOf(id()))
              const tabIndex = () => (rows.tabStop() === id() ? 0 : -1)
              const isRunning = () => props.captureStep(id())?.name === 'running'
              return (
                <Show when={props.reading(id())}>
                  {(known) => (
                    <tr
                      role="row"
                      aria-rowindex={index() + 2}
                      class="absolute inset-x-0 grid h-11 cursor-pointer grid-cols-(--tracks) border-t border-line contain-layout contain-size focus-within:bg-accent-soft hover:bg-sunken"
                      style={{ top: rows.offset(index()) }}
                      onClick={(event) => props.onOpen(id(), event)}
                    >
                      <For each={props.view.columns}>
                        {(name) => (
                          <td
                            role="cell"
                            class={`block content-center px-2 whitespace-nowrap ${column(name).isNumeric ? 'numeric text-right' : ''}`}
                          >
                            <PartnerCell column={name} reading={known()} tabIndex={tabIndex()} step={props.captureStep(id())} />
                          </td>
                        )}
                      </For>
                      <Show when={props.onCapture}>
                        {(onCapture) => (
                          <td role="cell" class="block content-center px-1.5">
                            <CaptureButton reading={known()} isRunning={isRunning()} tabIndex={tabIndex()} onCapture={onCapture()} />
                          </td>
                        )}
                      </Show>
                    </tr>
                  )}
                </Show>
              )
            }}
          </For>
        </tbody>
      </table>
    </div>
  )
}
