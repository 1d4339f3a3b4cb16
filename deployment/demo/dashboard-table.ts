import { styleText } from 'node:util'

type Totals = 'runningCampaigns' | 'activeCalls' | 'queuedCalls' | 'completedCallsToday' | 'remainingCalls'
type Row = {
  partner: { partnerName: string; sync: { lastError: { reason: string } | null } }
  snapshot:
    | (Record<Totals | 'concurrencyLimit' | 'utilizationPercent', number> & { alertLevel: string; snapshotTime: string | Date })
    | null
}

/** What the table reads of the answer of `GET /api/dashboard`. */
type DashboardView = {
  overview: Record<Totals | 'activePartners' | 'coveredPartners' | 'avgUtilization', number>
  partners: readonly Row[]
}

const columns: { title: string; width: number; numeric?: true }[] = [
  { title: 'partner', width: 20 },
  { title: 'level', width: 8 },
  { title: 'run', width: 4, numeric: true },
  { title: 'active', width: 7, numeric: true },
  { title: 'util %', width: 6, numeric: true },
  { title: 'queue', width: 5, numeric: true },
  { title: 'done', width: 5, numeric: true },
  { title: 'left', width: 5, numeric: true },
  { title: 'last capture', width: 16 },
]
const levelStyles: Record<string, Parameters<typeof styleText>[0]> = {
  CRITICAL: ['red', 'bold'],
  ERROR: 'red',
  HIGH: 'magenta',
  MEDIUM: 'yellow',
  IDLE: 'dim',
  NORMAL: 'green',
}

const ago = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s ago`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3_600)} h ago`
}

const unknown = Array.from({ length: 6 }, () => '-')

/** A partner that cannot be captured shows no numbers: old ones would pass for current. */
const cellsOf = ({ partner, snapshot }: Row, nowMs: number): string[] => {
  const { lastError } = partner.sync
  if (lastError) return [partner.partnerName, 'ERROR', ...unknown, lastError.reason]
  if (!snapshot) return [partner.partnerName, '-', ...unknown, 'never']
  return [
    partner.partnerName,
    snapshot.alertLevel,
    String(snapshot.runningCampaigns),
    `${snapshot.activeCalls}/${snapshot.concurrencyLimit}`,
    snapshot.utilizationPercent.toFixed(1),
    String(snapshot.queuedCalls),
    String(snapshot.completedCallsToday),
    String(snapshot.remainingCalls),
    ago(nowMs - new Date(snapshot.snapshotTime).getTime()),
  ]
}

const fitCell = (text: string, { width, numeric }: (typeof columns)[number]): string => {
  const printable = text.replace(/\p{C}/gu, '?')
  const cut = printable.length > width ? `${printable.slice(0, width - 1)}…` : printable
  return numeric ? cut.padStart(width) : cut.padEnd(width)
}

/** The dashboard as lines of at most 100 characters: one row per partner, then the totals and how many partners they cover. */
export const renderDashboardTable = (dashboard: DashboardView, options: { nowMs: number; colors: boolean }): string => {
  const line = (cells: readonly string[]) => cells.join(' │ ').trimEnd()
  const paint = (text: string) => {
    const style = levelStyles[text.trim()]
    return options.colors && style ? styleText(style, text, { validateStream: false }) : text
  }
  const rows = dashboard.partners.map((row) => {
    const cells = cellsOf(row, options.nowMs).map((text, index) => fitCell(text, columns[index]!))
    return line(cells.map((text, index) => (index === 1 ? paint(text) : text)))
  })
  const { overview } = dashboard
  return [
    line(columns.map((column) => fitCell(column.title, column))),
    columns.map(({ width }) => '─'.repeat(width)).join('─┼─'),
    ...rows,
    '',
    `${overview.coveredPartners} of ${overview.activePartners} partners covered: ${overview.runningCampaigns} campaigns run, ` +
      `${overview.activeCalls} calls active,`,
    `${overview.queuedCalls} queued, ${overview.completedCallsToday} done today, ${overview.remainingCalls} left; ` +
      `utilization ${overview.avgUtilization.toFixed(1)} %`,
  ].join('\n')
}
