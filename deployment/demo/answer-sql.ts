import type { DatabaseSync } from 'node:sqlite'

type Column = { name: string; type: 'integer' | 'real' | 'text' }
export type SqlAnswer =
  | { kind: 'ok' }
  | { kind: 'rows'; columns: Column[]; rows: Record<string, unknown>[] }
  | { kind: 'error'; code: number; message: string }

export const serverVersion = '8.0.36-simulated'

const variables: Record<string, string> = { version: serverVersion, version_comment: 'Simulated partner', time_zone: '+00:00' }

/** MySQL's error numbers for what SQLite says; 1064 is a syntax error. */
const errorCodes: [RegExp, number][] = [
  [/no such table/, 1146],
  [/no such column/, 1054],
  [/no such function/, 1305],
]

const columnType = (values: unknown[]): Column['type'] => {
  const value = values.find((each) => each !== null)
  if (typeof value !== 'number') return 'text'
  return values.every((each) => each === null || Number.isInteger(each)) ? 'integer' : 'real'
}

const rowsOf = (names: string[], rows: Record<string, unknown>[]): SqlAnswer => ({
  kind: 'rows',
  columns: names.map((name) => ({ name, type: columnType(rows.map((row) => row[name] ?? null)) })),
  rows,
})

const literal = (value: string | undefined) => (value === undefined ? undefined : `'${value}'`)
/** How SQLite reads each table, in the columns of MySQL's EXPLAIN. */
const explain = (database: DatabaseSync, sql: string): SqlAnswer => {
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
  const rows = steps.flatMap(({ detail }) => {
    const [, how, name, key] = /^(SCAN|SEARCH) (\w+)(?: USING .*?INDEX (\S+))?/.exec(detail) ?? []
    const table = name && new RegExp(`(\\w+) AS ${name}\\b`).exec(sql)?.[1]
    const known = [table, name].find((each) => each && database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(each))
    if (!known) return []
    const { count } = database.prepare(`SELECT COUNT(*) AS count FROM "${known}"`).get() as { count: number }
    const isScan = how === 'SCAN' && key === undefined
    return [{ id: 1, table: name, type: isScan ? 'ALL' : 'ref', possible_keys: key ?? null, rows: how === 'SCAN' ? count : 1 }]
  })
  return rowsOf(['id', 'table', 'type', 'possible_keys', 'rows'], rows)
}

/** Answers one statement as a MySQL server would answer a user who may only read. */
export const answerSql = (database: DatabaseSync, sql: string): SqlAnswer => {
  if (/^\s*SET\s/i.test(sql)) return { kind: 'ok' }
  const variable = /^\s*SELECT\s+@@(?:\w+\.)?(\w+)(?:\s+LIMIT\s+1)?\s*;?\s*$/i.exec(sql)?.[1]
  if (variable !== undefined) {
    const value = variables[variable.toLowerCase()]
    if (value === undefined) return { kind: 'error', code: 1193, message: `Unknown system variable '${variable}'` }
    return rowsOf([`@@${variable}`], [{ [`@@${variable}`]: value }])
  }
  if (/^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\s/i.test(sql)) {
    return { kind: 'error', code: 1142, message: 'Command denied to this user' }
  }
  try {
    const explained = /^\s*EXPLAIN\s+(?:FORMAT=TRADITIONAL\s+)?(SELECT\s.*)$/is.exec(sql)?.[1]
    if (explained !== undefined) return explain(database, explained)
    const statement = database.prepare(sql.replaceAll(/@@(\w+)/g, (name, variable) => literal(variables[variable]) ?? name))
    return rowsOf(
      statement.columns().map((column) => column.name),
      statement.all(),
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'error', code: errorCodes.find(([pattern]) => pattern.test(message))?.[1] ?? 1064, message }
  }
}
