/** Epoch seconds and a value, `null` where a capture failed. */
export type TrendPoint = readonly [number, number | null]

/** Two captures that are this many usual intervals apart have one missing between them. */
const missedIntervals = 2.5

const usualInterval = (points: readonly TrendPoint[]) => {
  const distances = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at))
  return distances.sort((one, other) => one - other)[Math.floor(distances.length / 2)] ?? 0
}

/** The runs of captures without a gap between them. */
export const splitAtGaps = (points: readonly TrendPoint[]): (readonly [number, number])[][] => {
  const longest = usualInterval(points) * missedIntervals
  const runs: (readonly [number, number])[][] = []
  let previous: number | null = null
  for (const [at, value] of points) {
    if (value === null) previous = null
    else {
      if (previous === null || at - previous > longest) runs.push([])
      runs.at(-1)?.push([at, value])
      previous = at
    }
  }
  return runs
}

type Box = { width: number; height: number; from: number; to: number; max: number }

/** An SVG path: a line for each run, a dot for a capture that stands alone, nothing where there is a gap. */
export const sparklinePath = (points: readonly TrendPoint[], { width, height, from, to, max }: Box): string => {
  const x = (at: number) => (((at - from) / (to - from)) * width).toFixed(1)
  const y = (value: number) => (height - (Math.min(value, max) / max) * height).toFixed(1)
  return splitAtGaps(points.filter(([at]) => at >= from && at <= to))
    .map((run) => {
      const [first, ...rest] = run.map(([at, value]) => `${x(at)} ${y(value)}`)
      return `M${first}${rest.length > 0 ? `L${rest.join(' ')}` : 'h0'}`
    })
    .join('')
}
