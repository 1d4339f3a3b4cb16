import type { CaptureStep } from '../../fleet/create-capture.ts'
import type { PartnerReading } from './partner-reading.ts'
import type { TableView } from './table/table-view.ts'

/** What the table and the cards show, and what they report. */
export type PartnersProps = {
  view: TableView
  /** The partners to show, in their order. */
  ids: readonly string[]
  reading: (id: string) => PartnerReading | undefined
  /** How far the capture of a partner is that somebody asked for. */
  captureStep: (id: string) => CaptureStep | undefined
  /** Captures a partner now; missing where the user may not. */
  onCapture: ((id: string) => void) | undefined
  /** The partner that the keyboard is at. */
  active: string | undefined
  onSort: (sort: TableView['sort']) => void
  onOpen: (id: string, event: MouseEvent) => void
  /** Hands out how a row is brought into sight, rendered or not. */
  onScrollable: (scrollTo: (index: number) => void) => void
}
