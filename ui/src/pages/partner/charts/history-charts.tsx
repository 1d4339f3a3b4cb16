import 'uplot/dist/uPlot.min.css'
import { keepPreviousData, useQuery } from '@tanstack/solid-query'
import { createMemo, For, Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { QueryView } from '../../../components/query-view.tsx'
import { EmptyState, Skeleton } from '../../../components/states.tsx'
import { formatDuration, formatExact } from '../../../time/format-time.ts'
import { useZone } from '../../../time/zone-context.tsx'
import { Chart } from './chart.tsx'
import { chartData, type History, readHistory } from './chart-data.ts'
import { presets, type Span } from './chart-range.ts'
import { chartSpecs } from './chart-specs.ts'
import { createChartColors } from './create-chart-colors.ts'
import { createChartRange } from './create-chart-range.ts'
import type { AlertMark } from './create-plot.ts'
import { RangeControls } from './range-controls.tsx'
import { RangeNotes } from './range-notes.tsx'
import { RangeSummary } from './range-summary.tsx'

const mostMarks = 200

const createHistory = (partnerId: () => string, range: ReturnType<typeof createChartRange>) => {
  const client = useClient()
  const span = (): Span => range.zoom() ?? { from: Date.now() - presets[range.preset()].spanMs, to: Date.now() }
  const shared = () => ({
    placeholderData: keepPreviousData,
    refetchInterval: range.zoom() ? (false as const) : presets[range.preset()].refreshMs,
  })
  const history = useQuery(() => ({
    queryKey: ['snapshots', partnerId(), range.preset(), range.zoom()],
    queryFn: () => readHistory(client, partnerId(), span()),
    ...shared(),
  }))
  const marks = useQuery(() => ({
    queryKey: ['alerts', 'marks', partnerId(), range.preset(), range.zoom()],
    queryFn: () => {
      const [from, to] = [new Date(span().from).toISOString(), new Date(span().to).toISOString()]
      return read(client.alerts.index.$get({ query: { partnerId: partnerId(), from, to, limit: String(mostMarks) } }))
    },
    ...shared(),
  }))
  return {
    history,
    marks: createMemo((): AlertMark[] =>
      (marks.data?.alerts ?? []).map(({ id, firedAt, level, message }) => ({ id, at: Date.parse(firedAt), level, message })),
    ),
  }
}

const describePoints = ({ resolution, stepSeconds }: History) =>
  resolution === 'raw' ? 'each point is a capture' : `each point is ${formatDuration(stepSeconds * 1000)}: average, lowest and highest`

/** A partner's numbers over time. Drag to zoom, with Shift to move; the buttons do the same. */
const HistoryCharts = (props: { partner: { id: string; createdAt: string } }) => {
  const { zone, now } = useZone()
  const range = createChartRange(now)
  const { history, marks } = createHistory(() => props.partner.id, range)
  const colors = createChartColors()
  return (
    <QueryView query={history} skeleton={<Skeleton lines={10} />}>
      {(answer) => {
        const data = createMemo(() => chartData(answer(), Date.parse(props.partner.createdAt)))
        const span = createMemo(
          (): Span => range.dragged() ?? range.zoom() ?? { from: Date.parse(answer().from), to: Date.parse(answer().to) },
          undefined,
          { equals: (left, right) => left.from === right.from && left.to === right.to },
        )
        return (
          <div class="flex flex-col gap-3">
            <RangeControls
              preset={range.preset()}
              span={span()}
              isZoomed={range.zoom() !== null}
              now={now}
              onPreset={range.choose}
              onSpan={range.show}
              onWhole={range.showWhole}
            />
            <p class="numeric text-xs text-muted">
              {formatExact(span().from, zone())} to {formatExact(span().to, zone())}; {describePoints(answer())}.
              <span class="max-sm:hidden"> Drag over a chart to zoom in, with Shift to move.</span>
            </p>
            <Show
              when={data().times.length > 0}
              fallback={
                <EmptyState title="Nothing was captured in this range">Choose a longer range, or capture the partner now.</EmptyState>
              }
            >
              <div class={`grid gap-3 lg:grid-cols-2 ${history.isPlaceholderData ? 'opacity-70' : ''}`}>
                <For each={chartSpecs}>
                  {(spec) => (
                    <Chart
                      spec={spec}
                      data={data()}
                      span={span()}
                      marks={marks()}
                      colors={colors()}
                      onZoom={range.show}
                      onPan={range.pan}
                    />
                  )}
                </For>
                <RangeSummary data={data()} />
              </div>
              <RangeNotes gaps={data().gaps} marks={marks()} />
            </Show>
          </div>
        )
      }}
    </QueryView>
  )
}

export default HistoryCharts
