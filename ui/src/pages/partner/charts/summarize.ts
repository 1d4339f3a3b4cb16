import type { MetricName } from '../../../../../shared/snapshot/snapshot.ts'
import type { ChartData } from './chart-data.ts'

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null)

/** The extremes, the average of the points and the last of a metric; `null` where nothing is known. */
export const summarize = ({ values, band }: ChartData, metric: MetricName) => {
  const points = known(values[metric])
  const last = points.at(-1)
  if (last === undefined) return null
  return {
    lowest: Math.min(...known(band?.low[metric] ?? points)),
    average: points.reduce((sum, value) => sum + value, 0) / points.length,
    highest: Math.max(...known(band?.high[metric] ?? points)),
    last,
  }
}
