import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import { createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { CaptureButton } from './capture-button.tsx'
import { type ColumnName, column } from './columns.ts'
import { createWindowRows } from './create-window-rows.ts'
import { PartnerCell } from './partner-cell.tsx'
import type { PartnersProps } from './partners-props.ts'
import type { TableView } from './table-view.ts'

const rowRem = 2.75
const actionRem = 2.75

const Heading = (props: { name: ColumnName; sort: TableView['sort']; onSort: (sort: TableView['sort']) => void }) => {
  const { title, isNumeric, sortBy, startsHigh = false } = column(props.name)
  const isSorted = () => props.sort.column === props.name
  const sorted = () => (isSorted() ? (props.sort.isDescending ? 'descending' : 'ascending') : undefined)
  return (
    <th scope="col" aria-sort={sorted()} class={`px-2 py-0 font-medium whitespace-nowrap ${isNumeric ? 'text-right' : 'text-left'}`}>
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

/** The room of the rows that are not rendered. */
const Space = (props: { ref?: HTMLTableSectionElement | undefined; columns: number; px: number }) => (
  <tbody ref={props.ref as HTMLTableSectionElement} aria-hidden="true">
    <tr>
      <td colspan={props.columns} style={{ height: `${props.px}px` }} class="p-0" />
    </tr>
  </tbody>
)

/** The partners as a table of which only the rows in sight are rendered. */
export const PartnerTable = (props: PartnersProps) => {
  let frame: HTMLDivElement | undefined
  let top: HTMLTableSectionElement | undefined
  const [fits, setFits] = createSignal(true)
  const rows = createWindowRows({ count: () => props.ids.length, rowRem, anchor: () => top })
  const shown = createMemo(() => rows.indexes().flatMap((index) => props.ids[index] ?? []))
  const tabStop = () => (shown().some((id) => id === props.tabStop) ? props.tabStop : shown()[0])
  const span = () => props.view.columns.length + (props.onCapture ? 1 : 0)
  const width = () => props.view.columns.reduce((sum, name) => sum + column(name).width, props.onCapture ? actionRem : 0)
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
        aria-label="Partners"
        aria-rowcount={props.ids.length + 1}
        class="w-full table-fixed border-collapse text-sm"
        style={{ 'min-width': `${width()}rem` }}
      >
        <colgroup>
          <For each={props.view.columns}>{(name) => <col style={name === 'name' ? {} : { width: `${column(name).width}rem` }} />}</For>
          <Show when={props.onCapture}>
            <col class="w-11" />
          </Show>
        </colgroup>
        <thead class={fits() ? 'sticky top-13 z-10' : ''}>
          <tr aria-rowindex={1} class="bg-sunken text-xs text-muted">
            <For each={props.view.columns}>{(name) => <Heading name={name} sort={props.view.sort} onSort={props.onSort} />}</For>
            <Show when={props.onCapture}>
              <th scope="col" class="px-2">
                <span class="sr-only">Actions</span>
              </th>
            </Show>
          </tr>
        </thead>
        <Space ref={top} columns={span()} px={rows.before()} />
        <tbody>
          <For each={shown()}>
            {(id) => {
              const reading = () => props.reading(id)
              const tabIndex = () => (tabStop() === id ? 0 : -1)
              const isRunning = () => props.captureStep(id)?.name === 'running'
              return (
                <Show when={reading()}>
                  {(known) => (
                    <tr
                      aria-rowindex={props.ids.indexOf(id) + 2}
                      class="h-11 cursor-pointer border-t border-line focus-within:bg-accent-soft hover:bg-sunken"
                      onClick={(event) => props.onOpen(id, event)}
                    >
                      <For each={props.view.columns}>
                        {(name) => (
                          <td class={`overflow-hidden px-2 py-0 whitespace-nowrap ${column(name).isNumeric ? 'numeric text-right' : ''}`}>
                            <PartnerCell column={name} reading={known()} tabIndex={tabIndex()} step={props.captureStep(id)} />
                          </td>
                        )}
                      </For>
                      <Show when={props.onCapture}>
                        {(onCapture) => (
                          <td class="px-1.5 py-0">
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
        <Space columns={span()} px={rows.after()} />
      </table>
    </div>
  )
}
