import { createMemo, For } from 'solid-js'
import type { ChartData } from './chart-data.ts'
import { chartSpecs, formatValue } from './chart-specs.ts'
import { summarize } from './summarize.ts'

const headers = ['Lowest', 'Average', 'Highest', 'Last'] as const

/** The charts as a table: for those who do not see them, and for exact numbers. */
export const RangeSummary = (props: { data: ChartData }) => {
  const rows = createMemo(() =>
    chartSpecs.flatMap(({ unit, lines }) =>
      lines.map(({ metric, label }) => {
        const summary = summarize(props.data, metric)
        const values = summary ? [summary.lowest, summary.average, summary.highest, summary.last] : []
        return { label, values: headers.map((_, index) => (values[index] === undefined ? '–' : formatValue(values[index], unit))) }
      }),
    ),
  )
  return (
    <div class="card overflow-x-auto">
      <table class="w-full text-sm">
        <caption class="px-3 py-2 text-left font-semibold">This range in numbers</caption>
        <thead class="text-xs text-muted">
          <tr>
            <th scope="col" class="px-1.5 py-1.5 sm:px-3 text-left">
              Metric
            </th>
            <For each={headers}>
              {(header) => (
                <th scope="col" class="px-1.5 py-1.5 sm:px-3 text-right">
                  {header}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={rows()}>
            {(row) => (
              <tr class="border-t border-line">
                <th scope="row" class="px-1.5 py-1.5 sm:px-3 text-left font-medium">
                  {row.label}
                </th>
                <For each={row.values}>
                  {(value) => <td class="numeric px-1.5 py-1.5 sm:px-3 text-right whitespace-nowrap">{value}</td>}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
