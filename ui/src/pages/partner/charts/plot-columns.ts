import type uPlot from 'uplot'
import type { ChartData } from './chart-data.ts'
import type { ChartSpec } from './chart-specs.ts'

/** The columns in the order of the series: of each line its value, and in between the lowest and the highest of a rollup. */
export const plotColumns = (spec: ChartSpec, data: ChartData): uPlot.AlignedData => [
  data.times,
  ...spec.lines.flatMap(({ metric, isLimit }) =>
    data.band && !isLimit ? [data.values[metric], data.band.low[metric], data.band.high[metric]] : [data.values[metric]],
  ),
]
