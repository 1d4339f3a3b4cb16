import { For } from 'solid-js'
import { labelOf } from '../form/field-labels.ts'
import type { RowProblem } from './create-import.ts'

/** What keeps rows from being imported, by row and field. */
export const ProblemTable = (props: { problems: readonly RowProblem[] }) => {
  const rows = () => new Set(props.problems.map(({ row }) => row)).size
  return (
    <section aria-labelledby="import-problems" class="card overflow-x-auto border-critical">
      <h2 id="import-problems" class="px-3 py-2 font-semibold text-critical">
        {props.problems.length} {props.problems.length === 1 ? 'problem' : 'problems'} in {rows()} {rows() === 1 ? 'row' : 'rows'}: nothing
        was imported
      </h2>
      <table class="w-full text-sm">
        <thead class="text-xs text-muted">
          <tr>
            <th scope="col" class="px-3 py-1.5 text-right">
              Row
            </th>
            <th scope="col" class="px-3 py-1.5 text-left">
              Field
            </th>
            <th scope="col" class="px-3 py-1.5 text-left">
              Problem
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.problems}>
            {(problem) => (
              <tr class="border-t border-line align-top">
                <th scope="row" class="numeric px-3 py-1.5 text-right font-medium">
                  {problem.row}
                </th>
                <td class="px-3 py-1.5">
                  {problem.path ? labelOf(problem.path) : 'The whole row'}
                  <code class="block font-mono text-xs text-muted">{problem.path}</code>
                </td>
                <td class="px-3 py-1.5">{problem.message}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}
