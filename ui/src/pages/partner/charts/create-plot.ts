import uPlot from 'uplot'
import type { FiringLevel } from '../../../../../shared/snapshot/snapshot.ts'
import type { ChartData, ChartGap } from './chart-data.ts'
import type { Span } from './chart-range.ts'
import { type ChartSpec, formatValue } from './chart-specs.ts'
import type { ChartColors } from './create-chart-colors.ts'
import { plotColumns } from './plot-columns.ts'
import { labelTimes, splitTime } from './time-axis.ts'

export type AlertMark = { id: string; at: number; level: FiringLevel; message: string }

export type PlotOptions = {
  spec: ChartSpec
  data: () => ChartData
  span: () => Span
  marks: () => readonly AlertMark[]
  zone: () => string
  colors: ChartColors
  onCursor: (at: number | null, index: number | null) => void
  onZoom: (span: Span) => void
}

const height = 190
const tickWidth = 76
const leastDragPx = 6
/** All charts on the screen show one cursor. */
const syncKey = 'partner-history'

const isBanded = (data: ChartData) => data.band !== null

const seriesOf = (spec: ChartSpec, banded: boolean, colors: ChartColors): uPlot.Series[] =>
  spec.lines.flatMap(({ label, color, isLimit }): uPlot.Series[] => {
    const stepped = isLimit && uPlot.paths.stepped?.({ align: 1 })
    const line: uPlot.Series = {
      label,
      stroke: colors.line(color),
      width: 1.5,
      points: { size: 4, fill: colors.line(color) },
      ...(isLimit && { dash: [5, 4] }),
      ...(stepped && { paths: stepped }),
      ...(!isLimit && !banded && { fill: colors.soft(color) }),
    }
    const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } }
    return banded && !isLimit ? [line, edge, edge] : [line]
  })

const bandsOf = (spec: ChartSpec, colors: ChartColors): uPlot.Band[] => {
  let index = 1
  return spec.lines.flatMap(({ color, isLimit }): uPlot.Band[] => {
    const own = index
    index += isLimit ? 1 : 3
    return isLimit ? [] : [{ series: [own + 2, own + 1], fill: colors.soft(color) }]
  })
}

/** A stretch without numbers: hatched, so that it is seen without its colour. */
const drawGap = (plot: uPlot, gap: ChartGap, colors: ChartColors) => {
  const { ctx, bbox } = plot
  const left = Math.max(plot.valToPos(gap.from / 1000, 'x', true), bbox.left)
  const right = Math.min(plot.valToPos(gap.to / 1000, 'x', true), bbox.left + bbox.width)
  if (right <= left) return
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, bbox.top, right - left, bbox.height)
  ctx.clip()
  ctx.fillStyle = colors.soft('critical')
  ctx.fillRect(left, bbox.top, right - left, bbox.height)
  ctx.strokeStyle = colors.soft('critical')
  ctx.lineWidth = uPlot.pxRatio
  const between = 8 * uPlot.pxRatio
  ctx.beginPath()
  for (let x = left - bbox.height; x < right; x += between) {
    ctx.moveTo(x, bbox.top + bbox.height)
    ctx.lineTo(x + bbox.height, bbox.top)
  }
  ctx.stroke()
  ctx.restore()
}

const markTokens = { CRITICAL: 'critical', HIGH: 'high', MEDIUM: 'medium' } as const

/** An alert on the time axis: a line, and a triangle that stands on it. */
const drawMark = (plot: uPlot, mark: AlertMark, colors: ChartColors) => {
  const { ctx, bbox } = plot
  const x = plot.valToPos(mark.at / 1000, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  const size = 5 * uPlot.pxRatio
  const bottom = bbox.top + bbox.height
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colors.line(markTokens[mark.level])
  ctx.lineWidth = uPlot.pxRatio
  ctx.setLineDash([2 * uPlot.pxRatio, 3 * uPlot.pxRatio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bottom)
  ctx.stroke()
  ctx.beginPath()
  ctx.moveTo(x, bottom - 2 * size)
  ctx.lineTo(x + size, bottom)
  ctx.lineTo(x - size, bottom)
  ctx.fill()
  ctx.restore()
}

const axesOf = ({ spec, zone, colors }: PlotOptions): uPlot.Axis[] => {
  const look: uPlot.Axis = {
    stroke: colors.line('muted'),
    font: colors.font,
    grid: { stroke: colors.line('line'), width: 1 },
    ticks: { stroke: colors.line('line'), width: 1, size: 4 },
  }
  const times: uPlot.Axis = {
    ...look,
    size: 42,
    splits: (plot, _axis, min, max) =>
      splitTime(min * 1000, max * 1000, zone(), Math.max(2, plot.width / tickWidth)).map((at) => at / 1000),
    values: (_plot, splits) =>
      labelTimes(
        splits.map((at) => at * 1000),
        zone(),
      ),
  }
  return [times, { ...look, size: 54, values: (_plot, splits) => splits.map((value) => formatValue(value, spec.unit)) }]
}

/** A chart of uPlot in `element`, in the current colours. */
export const createPlot = (element: HTMLElement, width: number, options: PlotOptions): uPlot => {
  const { spec, data, span, marks, colors } = options
  const cursor = (plot: uPlot) => {
    const { left = -1, idx } = plot.cursor
    if (left < 0) options.onCursor(null, null)
    else options.onCursor(plot.posToVal(left, 'x') * 1000, idx ?? null)
  }
  const select = (plot: uPlot) => {
    const { left, width: wide } = plot.select
    if (wide < leastDragPx) return
    options.onZoom({ from: plot.posToVal(left, 'x') * 1000, to: plot.posToVal(left + wide, 'x') * 1000 })
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }
  const underneath = (plot: uPlot) => {
    for (const gap of data().gaps) if (!gap.isPartial) drawGap(plot, gap, colors)
  }
  const onTop = (plot: uPlot) => {
    for (const mark of marks()) drawMark(plot, mark, colors)
  }
  return new uPlot(
    {
      width,
      height,
      legend: { show: false },
      series: [{}, ...seriesOf(spec, isBanded(data()), colors)],
      bands: isBanded(data()) ? bandsOf(spec, colors) : [],
      axes: axesOf(options),
      scales: {
        x: { range: () => [span().from / 1000, span().to / 1000] },
        y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, spec.leastMax) * 1.08] },
      },
      cursor: { y: false, sync: { key: syncKey }, drag: { x: true, y: false, setScale: false, dist: leastDragPx }, points: { size: 6 } },
      hooks: { setCursor: [cursor], setSelect: [select], drawAxes: [underneath], draw: [onTop] },
    },
    plotColumns(spec, data()),
    element,
  )
}
