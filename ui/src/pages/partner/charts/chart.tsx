import { createEffect, createSignal, createUniqueId, For, Match, on, onCleanup, onMount, Show, Switch } from 'solid-js'
import type uPlot from 'uplot'
import type { MetricName } from '../../../../../shared/snapshot/snapshot.ts'
import { formatExact } from '../../../time/format-time.ts'
import { useZone } from '../../../time/zone-context.tsx'
import { type ChartData, gapAt } from './chart-data.ts'
import type { Span } from './chart-range.ts'
import { type ChartSpec, formatValue } from './chart-specs.ts'
import type { ChartColors } from './create-chart-colors.ts'
import { type AlertMark, createPlot } from './create-plot.ts'
import { describeGap } from './describe-gap.ts'
import { plotColumns } from './plot-columns.ts'
import { watchPan } from './watch-pan.ts'

type ChartProps = {
  spec: ChartSpec
  data: ChartData
  span: Span
  marks: readonly AlertMark[]
  colors: ChartColors
  onZoom: (span: Span) => void
  /** The span is dragged; `isDone` when it is let go. */
  onPan: (span: Span, isDone: boolean) => void
}

const dashes: Readonly<Record<string, string>> = {
  accent: 'border-accent',
  high: 'border-high',
  ok: 'border-ok',
  medium: 'border-medium',
  muted: 'border-muted',
}

/** How near the cursor has to be to a mark to read it. */
const markReachPx = 6
/** A point within this part of the span counts as the one under the cursor. */
const reachShare = 40

const createReadout = (props: ChartProps, plot: () => uPlot | undefined) => {
  const [cursor, setCursor] = createSignal<{ at: number; index: number | null } | null>(null)
  const gap = () => {
    const at = cursor()?.at
    return at === undefined ? undefined : gapAt(props.data.gaps, at)
  }
  const mark = () => {
    const [at, current] = [cursor()?.at, plot()]
    if (at === undefined || !current) return undefined
    const reach = ((props.span.to - props.span.from) / Math.max(1, current.over.clientWidth)) * markReachPx
    return props.marks.find((each) => Math.abs(each.at - at) <= reach)
  }
  const lastKnown = () => props.data.values[props.spec.lines[0]?.metric ?? 'activeCalls'].findLastIndex((value) => value !== null)
  /** The point that is read: the last, or the one under the cursor unless it is far from there. */
  const index = () => {
    const current = cursor()
    if (!current) return lastKnown()
    const time = (props.data.times[current.index ?? -1] ?? 0) * 1000
    return Math.abs(time - current.at) <= (props.span.to - props.span.from) / reachShare ? (current.index ?? -1) : -1
  }
  return {
    move: (at: number | null, index: number | null) => setCursor(at === null ? null : { at, index }),
    /** The time that is read, in epoch milliseconds. */
    at: () => (index() < 0 ? cursor()?.at : (props.data.times[index()] ?? 0) * 1000),
    value: (metric: MetricName) => props.data.values[metric][index()] ?? null,
    range: (metric: MetricName) => {
      const { band } = props.data
      const [low, high] = [band?.low[metric][index()] ?? null, band?.high[metric][index()] ?? null]
      return low === null || high === null || low === high ? null : { low, high }
    },
    gap: () => (gap()?.isPartial === false ? gap() : undefined),
    partial: () => (gap()?.isPartial ? gap() : undefined),
    mark,
  }
}

/** One chart: its name, what is under the cursor in words, and the picture. */
export const Chart = (props: ChartProps) => {
  const heading = createUniqueId()
  const { zone } = useZone()
  const [plot, setPlot] = createSignal<uPlot>()
  const readout = createReadout(props, plot)
  let element: HTMLDivElement | undefined

  const build = () => {
    if (!element) return
    plot()?.destroy()
    const built = createPlot(element, element.clientWidth, {
      spec: props.spec,
      data: () => props.data,
      span: () => props.span,
      marks: () => props.marks,
      zone,
      colors: props.colors,
      onCursor: readout.move,
      onZoom: (span) => props.onZoom(span),
    })
    watchPan(built, { span: () => props.span, onPan: (span, isDone) => props.onPan(span, isDone) })
    setPlot(built)
  }
  onMount(() => {
    build()
    const resized = new ResizeObserver(() => element && plot()?.setSize({ width: element.clientWidth, height: plot()?.height ?? 0 }))
    if (element) resized.observe(element)
    onCleanup(() => {
      resized.disconnect()
      plot()?.destroy()
    })
  })
  // New colours or bands need a new plot; everything else updates it.
  createEffect(on([() => props.colors, () => props.data.band === null], build, { defer: true }))
  createEffect(on([() => props.data, () => props.span], ([data]) => plot()?.setData(plotColumns(props.spec, data)), { defer: true }))
  createEffect(on([() => props.marks, zone], () => plot()?.redraw(false, true), { defer: true }))

  return (
    <section aria-labelledby={heading} class="card min-w-0 p-3">
      <div class="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 id={heading} class="text-sm font-semibold">
          {props.spec.title}
        </h3>
        <p class="numeric text-xs text-muted">
          <Show when={readout.at()}>{(at) => <>{formatExact(at(), zone())}</>}</Show>
        </p>
      </div>
      <div class="numeric flex h-9 flex-wrap content-start items-center gap-x-4 overflow-hidden text-xs">
        <Switch>
          <Match when={readout.gap()}>{(gap) => <span class="font-medium text-critical">Gap: {describeGap(gap())}</span>}</Match>
          <Match when={true}>
            <For each={props.spec.lines}>
              {(line) => (
                <span class="inline-flex items-center gap-1.5">
                  <span aria-hidden="true" class={`w-4 border-t-2 ${dashes[line.color]} ${line.isLimit ? 'border-dashed' : ''}`} />
                  {line.label}
                  <strong class="font-semibold">
                    {readout.value(line.metric) === null ? '–' : formatValue(readout.value(line.metric) ?? 0, props.spec.unit)}
                  </strong>
                  <Show when={!line.isLimit && readout.range(line.metric)}>
                    {(range) => (
                      <span class="text-muted">
                        {formatValue(range().low, '')} to {formatValue(range().high, props.spec.unit)}
                      </span>
                    )}
                  </Show>
                </span>
              )}
            </For>
            <Show when={readout.partial()}>{(gap) => <span class="text-critical">{describeGap(gap())}</span>}</Show>
          </Match>
        </Switch>
        <Show when={readout.mark()}>
          {(mark) => (
            <span class="max-w-full truncate font-medium">
              ▲ {mark().level.toLowerCase()}: {mark().message}
            </span>
          )}
        </Show>
      </div>
      <div ref={element} aria-hidden="true" class="chart min-h-[190px] overflow-hidden" />
    </section>
  )
}
