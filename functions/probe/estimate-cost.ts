import { quoteName, quoteNames } from '../../shared/reach/quote-sql.ts'
import type { Ask } from './check-rights.ts'
import type { Cost } from './schema.ts'

/** Where a statement reads a table, by its name there, and the columns of an index that would serve it. */
export type TableAccess = { alias: string; table: string; columns: readonly string[] }

/** A scan of so many rows takes some 25 ms of one processor: below, an index would not be worth its upkeep at one capture a minute. */
const largeTableRows = 100_000

type PlanStep = { id: number; table: string; type: string; possibleKeys: unknown; rows: number; filtered: number }

const stepOf = (row: Record<string, unknown>): PlanStep => ({
  id: Number(row['id'] ?? 0),
  table: String(row['table'] ?? ''),
  type: String(row['type'] ?? ''),
  possibleKeys: row['possible_keys'],
  rows: Number(row['rows'] ?? 0),
  filtered: Number(row['filtered'] ?? 100) / 100,
})

/** A table that the server made for the statement: its size is a guess, so a look-up in it counts as one row. */
const isDerived = ({ table }: PlanStep) => table.startsWith('<')

/** The rows of stored tables that the plan reads: the steps of one SELECT are loops in loops. */
const rowsOf = (plan: readonly PlanStep[]): number => {
  let sum = 0
  for (const steps of Map.groupBy(plan, ({ id }) => id).values()) {
    let loops = 1
    for (const step of steps) {
      const rows = isDerived(step) && step.type !== 'ALL' ? 1 : step.rows
      if (!isDerived(step)) sum += loops * rows
      loops *= rows * (isDerived(step) ? 1 : step.filtered)
    }
  }
  return Math.round(sum)
}

/** Asks the server how it runs the statement: how many rows it reads about, and the indexes that would save it reading a large table whole. */
export const estimateCost = async (
  ask: Ask,
  { sql, values }: { sql: string; values: readonly unknown[] },
  accesses: readonly TableAccess[],
  database: string,
): Promise<Omit<Cost, 'ms'>> => {
  const plan = (await ask(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values)).map(stepOf)
  const scans = plan.filter(
    ({ type, possibleKeys, rows }) => (type === 'ALL' || type === 'index') && !possibleKeys && rows >= largeTableRows,
  )
  const indexes = accesses
    .filter(({ alias }) => scans.some((step) => step.table === alias))
    .map(({ table, columns }) => ({
      table,
      statement: `CREATE INDEX ${quoteName([table, ...columns].join('_'))} ON ${quoteName(database)}.${quoteName(table)} (${quoteNames(columns)});`,
    }))
  return { rowsExamined: rowsOf(plan), indexes }
}
