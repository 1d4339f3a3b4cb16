import { type MetricName, metricNames } from '../../../../../shared/snapshot/snapshot.ts'
import { type Client, read } from '../../../api/client.ts'
import type { Span } from './chart-range.ts'

export const readHistory = (client: Client, partnerId: string, span: Span) =>
  read(
    client.snapshots[':partnerId'].$get({
      param: { partnerId },
      query: { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() },
    }),
  )
export type History = Awaited<ReturnType<typeof readHistory>>

/** A stretch without numbers. `reason` is `null` where nothing was captured at all. `isPartial`: others of its captures worked. */
export type ChartGap = Span & { reason: string | null; failed: number; isPartial: boolean }
type Column = (number | null)[]
type Columns = Record<MetricName, Column>

export type ChartData = {
  /** Epoch seconds, ascending, as uPlot takes them. `null` in the columns breaks the line there. */
  times: number[]
  values: Columns
  /** The lowest and highest of each rollup; `null` where points are single captures. */
  band: { low: Columns; high: Columns } | null
  gaps: ChartGap[]
}

type Rolled = { avg: number; min: number; max: number }
type Entry = { at: number; reason: string | null; failed: number; numbers: Record<MetricName, number | Rolled> | null }

const readEntry = (point: History['points'][number]): Entry => {
  const at = Date.parse(point.at)
  if ('metrics' in point) return { at, reason: point.gapReason, failed: point.gaps, numbers: point.metrics }
  return point.ok ? { at, reason: null, failed: 0, numbers: point } : { at, reason: point.reason, failed: 1, numbers: null }
}

const median = (values: readonly number[]) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0

/** Points further apart than this have something missing between them. An interval that was longer once counts by what is usual here. */
const silenceMs = ({ resolution, stepSeconds }: History, entries: readonly Entry[]) => {
  const stepMs = stepSeconds * 1000
  if (resolution !== 'raw') return stepMs * 1.5
  return Math.max(stepMs, median(entries.slice(1).map((entry, index) => entry.at - (entries[index]?.at ?? entry.at)))) * 3
}

const silentEntry = (from: number, to: number): Entry => ({ at: (from + to) / 2, reason: null, failed: 0, numbers: null })

/** The entries with one more wherever nothing was captured for too long: between two, after the last, and before the first. */
const withSilence = (entries: readonly Entry[], span: Span, limitMs: number): Entry[] => {
  const ends = [span.from, ...entries.map(({ at }) => at), span.to]
  return ends.slice(1).flatMap((at, index) => {
    const previous = ends[index] ?? at
    const silent = at - previous > limitMs ? [silentEntry(previous, at)] : []
    const entry = entries[index]
    return entry ? [...silent, entry] : silent
  })
}

const sameGap = (left: Entry, right: Entry) => left.numbers === null && right.numbers === null && left.reason === right.reason

const fullGaps = (entries: readonly Entry[], span: Span): ChartGap[] => {
  const runs: { first: number; last: number }[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry.numbers) continue
    const [run, before] = [runs.at(-1), entries[index - 1]]
    if (run && before && sameGap(before, entry)) run.last = index
    else runs.push({ first: index, last: index })
  }
  return runs.map(({ first, last }) => {
    const group = entries.slice(first, last + 1)
    return {
      from: entries[first - 1]?.at ?? span.from,
      to: entries[last + 1]?.at ?? span.to,
      reason: group[0]?.reason ?? null,
      failed: group.reduce((sum, { failed }) => sum + failed, 0),
      isPartial: false,
    }
  })
}

const partialGaps = (entries: readonly Entry[], stepMs: number): ChartGap[] => {
  const gaps: ChartGap[] = []
  for (const { at, reason, failed, numbers } of entries) {
    if (!numbers || failed === 0) continue
    const last = gaps.at(-1)
    if (last && last.reason === reason && at - last.to < stepMs / 2) {
      last.to = at + stepMs
      last.failed += failed
    } else gaps.push({ from: at, to: at + stepMs, reason, failed, isPartial: true })
  }
  return gaps
}

const columnsOf = (entries: readonly Entry[], pick: (value: number | Rolled) => number): Columns =>
  Object.fromEntries(metricNames.map((name) => [name, entries.map(({ numbers }) => (numbers ? pick(numbers[name]) : null))])) as Columns

/** What the charts draw of a partner's history. Nothing counts as missing before `since`, when the partner was created. */
export const chartData = (history: History, since: number): ChartData => {
  const read = history.points.map(readEntry)
  const span = { from: Math.max(Date.parse(history.from), since), to: Date.parse(history.to) }
  const entries = withSilence(read, span, silenceMs(history, read))
  const gaps = [...fullGaps(entries, span), ...partialGaps(entries, history.stepSeconds * 1000)]
  const part = (name: keyof Rolled) => columnsOf(entries, (value) => (typeof value === 'number' ? value : value[name]))
  return {
    times: entries.map(({ at }) => at / 1000),
    values: part('avg'),
    band: history.resolution === 'raw' ? null : { low: part('min'), high: part('max') },
    gaps: gaps.sort((left, right) => left.from - right.from),
  }
}

/** The gap at a time, if there is one; a whole one before one in which other captures worked. */
export const gapAt = (gaps: readonly ChartGap[], at: number): ChartGap | undefined => {
  const there = gaps.filter(({ from, to }) => from <= at && at <= to)
  return there.find(({ isPartial }) => !isPartial) ?? there[0]
}
