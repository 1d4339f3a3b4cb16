import { createMemo } from 'solid-js'
import { sparklinePath, splitAtGaps, type TrendPoint } from './sparkline-path.ts'

const width = 104
const height = 24
const hourSeconds = 3_600

const describe = (points: readonly TrendPoint[], from: number) => {
  const hour = points.filter(([at]) => at >= from)
  const values = hour.flatMap(([, value]) => value ?? [])
  const last = hour.at(-1)
  if (!last || values.length === 0) return 'Utilization in the last hour: unknown'
  const gaps = splitAtGaps(hour).length - 1 + (last[1] === null ? 1 : 0) + (hour[0]?.[1] === null ? 1 : 0)
  const range = `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))} %`
  return `Utilization in the last hour: ${range}${gaps > 0 ? `, ${gaps} ${gaps === 1 ? 'gap' : 'gaps'}` : ''}`
}

/** The utilization of the last hour; the line at the top is 100 %. Gaps are gaps. `now` is in epoch milliseconds. */
export const Sparkline = (props: { points: readonly TrendPoint[]; now: number }) => {
  // A pixel is half a minute: it moves no more often.
  const to = createMemo(() => Math.ceil(props.now / 30_000) * 30)
  const label = createMemo(() => describe(props.points, to() - hourSeconds))
  const path = createMemo(() => sparklinePath(props.points, { width, height: height - 3, from: to() - hourSeconds, to: to(), max: 100 }))
  return (
    <svg role="img" aria-label={label()} viewBox={`0 -1.5 ${width} ${height}`} class="h-6 w-26 text-accent">
      <title>{label()}</title>
      <path d={`M0 0H${width}M0 ${height - 3}H${width}`} class="stroke-line" stroke-width="1" stroke-dasharray="2 3" fill="none" />
      <path d={path()} stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round" fill="none" />
    </svg>
  )
}
