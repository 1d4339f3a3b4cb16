/** Epoch seconds and utilization in percent, `null` for a gap. */
export type TrendPoint = [number, number | null]

/** One hour at one point a minute. */
const trendLength = 60
/** Captures on time are a minute or more apart, less a little: closer ones share a point. */
const leastSeconds = 55

/** A trend with a newer point. It takes the last one's place while that is less than a minute after the one before. */
export const extendTrend = (trend: readonly TrendPoint[], point: TrendPoint): TrendPoint[] => {
  const [before, last] = [trend.at(-2), trend.at(-1)]
  const isClose = before !== undefined && last !== undefined && last[0] - before[0] < leastSeconds
  return [...(isClose ? trend.slice(0, -1) : trend), point].slice(-trendLength)
}
