import Search from 'lucide-solid/icons/search'
import { For, Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { inputClass } from '../../../components/input-class.ts'
import { type ColumnName, column, columnNames } from './columns.ts'
import { TableMenus } from './table-menus.tsx'
import type { TableView } from './table-view.ts'

const sortOptions = columnNames.filter((name) => column(name).sortBy)

const SortSelect = (props: { sort: TableView['sort']; onSort: (sort: TableView['sort']) => void }) => (
  <select
    aria-label="Sort by"
    class={`${inputClass} h-9 w-auto!`}
    value={props.sort.column}
    onChange={(event) => {
      const name = event.currentTarget.value as ColumnName
      props.onSort({ column: name, isDescending: column(name).startsHigh ?? false })
    }}
  >
    <For each={sortOptions}>{(name) => <option value={name}>By {column(name).title.toLowerCase()}</option>}</For>
  </select>
)

/** The filters of the partners, and what became of their order meanwhile. */
export const TableToolbar = (props: {
  view: TableView
  shown: number
  total: number
  isNarrow: boolean
  isOutdated: boolean
  filterRef: (input: HTMLInputElement) => void
  onChange: (change: Partial<TableView>) => void
  onApply: () => void
}) => {
  const isFiltered = () => props.view.text !== '' || props.view.levels.length > 0 || props.view.states.length > 0
  return (
    <div class="mb-2 flex flex-wrap items-center gap-2">
      <div class="relative min-w-48 flex-1 sm:max-w-72">
        <Search size={15} aria-hidden="true" class="pointer-events-none absolute top-2.5 left-2.5 text-muted" />
        <input
          ref={props.filterRef}
          type="search"
          aria-label="Filter partners"
          aria-keyshortcuts="/"
          placeholder="Filter by name or host ( / )"
          class={`${inputClass} h-9 pl-8`}
          value={props.view.text}
          onInput={(event) => props.onChange({ text: event.currentTarget.value })}
        />
      </div>
      <Show when={props.isNarrow}>
        <SortSelect sort={props.view.sort} onSort={(sort) => props.onChange({ sort })} />
      </Show>
      <TableMenus view={props.view} hasColumns={!props.isNarrow} onChange={props.onChange} />
      <Show when={isFiltered()}>
        <Button look="ghost" onClick={() => props.onChange({ text: '', levels: [], states: [] })}>
          Clear filters
        </Button>
      </Show>
      <p role="status" class="numeric ml-auto text-sm text-muted">
        {props.shown === props.total ? props.total : `${props.shown} of ${props.total}`} {props.total === 1 ? 'partner' : 'partners'}
      </p>
      <span role="status">
        <Show when={props.isOutdated}>
          <Button size="small" class="text-accent" onClick={props.onApply}>
            The order has changed: apply
          </Button>
        </Show>
      </span>
    </div>
  )
}
