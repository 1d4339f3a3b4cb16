import { type PartnerState, partnerStates } from '../../../../../shared/partner/partner-state.ts'
import type { AlertLevel } from '../../../../../shared/snapshot/snapshot.ts'
import { levels, type PartnerReading } from '../partner-reading.ts'
import { type ColumnName, column, columnNames } from './columns.ts'

/** Which partners the table shows, in which order and with which columns: what its address says. */
export type TableView = {
  text: string
  /** None: all. */
  levels: readonly AlertLevel[]
  states: readonly PartnerState[]
  sort: { column: ColumnName; isDescending: boolean }
  columns: readonly ColumnName[]
}

export type ViewParams = { q?: string; level?: string; state?: string; sort?: string; columns?: string }

const pick = <Value extends string>(known: readonly Value[], text: string | undefined): Value[] => {
  const named = new Set(text?.split(','))
  return known.filter((value) => named.has(value))
}

/** The view of an address. What it does not know of is left out. */
export const parseView = (params: ViewParams): TableView => {
  const [sorted] = pick(columnNames, params.sort?.replace(/^-/, ''))
  const shown = pick(columnNames, params.columns)
  return {
    text: params.q ?? '',
    levels: pick(levels, params.level?.toUpperCase()),
    states: pick(partnerStates, params.state),
    sort:
      sorted && column(sorted).sortBy
        ? { column: sorted, isDescending: params.sort?.startsWith('-') === true }
        : { column: 'name', isDescending: false },
    columns: shown.length > 0 ? pick(columnNames, ['name', ...shown].join(',')) : columnNames,
  }
}

/** The address of a view; what is as usual is left out. */
export const viewParams = (view: TableView): Record<keyof ViewParams, string | undefined> => {
  const sort = `${view.sort.isDescending ? '-' : ''}${view.sort.column}`
  return {
    q: view.text || undefined,
    level: view.levels.join(',').toLowerCase() || undefined,
    state: view.states.join(',') || undefined,
    sort: sort === 'name' ? undefined : sort,
    columns: view.columns.length === columnNames.length ? undefined : view.columns.join(','),
  }
}

const matches = ({ row, level }: PartnerReading, view: TableView, text: string) =>
  (view.levels.length === 0 || (level !== null && view.levels.includes(level))) &&
  (view.states.length === 0 || view.states.includes(row.state)) &&
  (text === '' || [row.partner.partnerName, row.partner.db.host, row.partner.ssh.host].some((name) => name?.toLowerCase().includes(text)))

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** The ids of the partners that the view shows, in its order. */
export const arrange = (readings: readonly PartnerReading[], view: TableView): string[] => {
  const text = view.text.trim().toLowerCase()
  const { sortBy } = column(view.sort.column)
  const direction = view.sort.isDescending ? -1 : 1
  return readings
    .filter((reading) => matches(reading, view, text))
    .map((reading) => ({ id: reading.id, name: reading.row.partner.partnerName, value: sortBy?.(reading) ?? null }))
    .sort((one, other) => {
      if (one.value === null || other.value === null) {
        if (one.value !== other.value) return one.value === null ? 1 : -1
      } else if (typeof one.value === 'number' && typeof other.value === 'number') {
        if (one.value !== other.value) return (one.value - other.value) * direction
      } else return collator.compare(String(one.value), String(other.value)) * direction
      return collator.compare(one.name, other.name)
    })
    .map(({ id }) => id)
}
