import { partnerStates } from '../../../../../shared/partner/partner-state.ts'
import { levels, type PartnerReading } from '../partner-reading.ts'

type Column = {
  title: string
  /** In rem; the name takes what is left. */
  width: number
  isNumeric?: boolean
  /** What it is sorted by: text, or a number. `null` comes last, whatever the direction. Without it there is no sorting. */
  sortBy?: (reading: PartnerReading) => string | number | null
  /** Whether the first sort is from high to low. */
  startsHigh?: boolean
}

const rank = <Value>(order: readonly Value[], value: Value | null) => (value === null ? null : order.length - order.indexOf(value))

export const columns = {
  name: { title: 'Partner', width: 11, sortBy: ({ row }) => row.partner.partnerName },
  level: { title: 'Level', width: 6.5, sortBy: ({ level }) => rank(levels, level), startsHigh: true },
  state: { title: 'State', width: 7.75, sortBy: ({ row }) => rank(partnerStates, row.state), startsHigh: true },
  running: { title: 'Running', width: 5, isNumeric: true, sortBy: ({ numbers }) => numbers?.runningCampaigns ?? null, startsHigh: true },
  active: { title: 'Active / limit', width: 12.25, sortBy: ({ numbers }) => numbers?.utilizationPercent ?? null, startsHigh: true },
  queue: { title: 'Queue', width: 4.5, isNumeric: true, sortBy: ({ numbers }) => numbers?.queuedCalls ?? null, startsHigh: true },
  completed: {
    title: 'Completed',
    width: 6,
    isNumeric: true,
    sortBy: ({ numbers }) => numbers?.completedCallsToday ?? null,
    startsHigh: true,
  },
  remaining: {
    title: 'Remaining',
    width: 6.25,
    isNumeric: true,
    sortBy: ({ numbers }) => numbers?.remainingCalls ?? null,
    startsHigh: true,
  },
  trend: { title: 'Last hour', width: 7.5 },
  captured: {
    title: 'Captured',
    width: 7,
    sortBy: ({ row }) => (row.snapshot ? Date.parse(row.snapshot.snapshotTime) : null),
  },
} as const satisfies Record<string, Column>

export type ColumnName = keyof typeof columns
export const columnNames = Object.keys(columns) as ColumnName[]
export const column = (name: ColumnName): Column => columns[name]
