import type { PartnerReading } from './partner-reading.ts'
import type { TableView } from './table-view.ts'

/** What the table and the cards show, and what they tell of. */
export type PartnersProps = {
  view: TableView
  /** The partners to show, in their order. */
  ids: readonly string[]
  reading: (id: string) => PartnerReading | undefined
  canCapture: boolean
  /** The partner that the tabulator key goes to. */
  tabStop: string | undefined
  onSort: (sort: TableView['sort']) => void
  onOpen: (id: string, event: MouseEvent) => void
  /** Hands out how a row is brought into sight, rendered or not. */
  onScrollable: (scrollTo: (index: number) => void) => void
}
