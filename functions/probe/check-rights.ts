import { quoteCurrentUser, quoteName, quoteNames } from '../../shared/reach/quote-sql.ts'
import { ReachError } from '../../shared/reach/reach-error.ts'
import type { MissingRight } from './schema.ts'

/** What something needs of a table. */
export type TableNeed = { table: string; columns: readonly string[]; privilege?: MissingRight['privilege'] }

/** Runs one statement. @throws ReachError */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>

// https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
const problems: Readonly<Record<number, MissingRight['problem']>> = { 1142: 'right', 1143: 'right', 1146: 'table', 1054: 'column' }

/** What a statement that failed says of rights, tables and columns; `null`: it failed for another reason. */
export const problemOf = (error: unknown): MissingRight['problem'] | null =>
  (error instanceof ReachError && error.errno !== null && problems[error.errno]) || null

/** A statement that needs exactly these rights, reads no row and changes nothing. */
const trialOf = (privilege: MissingRight['privilege'], table: string, columns: readonly string[]) => {
  const [name, names] = [quoteName(table), quoteNames(columns)]
  if (privilege === 'SELECT') return `SELECT ${names} FROM ${name} LIMIT 0`
  if (privilege === 'INSERT') return `EXPLAIN INSERT INTO ${name} (${names}) VALUES (${columns.map(() => 'NULL')})`
  return `EXPLAIN UPDATE ${name} SET ${columns.map((column) => `${quoteName(column)} = NULL`)}`
}

const attempt = async (ask: Ask, privilege: MissingRight['privilege'], table: string, columns: readonly string[]) => {
  try {
    // A session that may only read refuses even to explain a write. This holds for the next statement alone.
    if (privilege !== 'SELECT') await ask('SET TRANSACTION READ WRITE')
    await ask(trialOf(privilege, table, columns))
    return null
  } catch (error) {
    const problem = problemOf(error)
    if (problem) return problem
    throw error
  }
}

const accountOf = async (ask: Ask, username: string): Promise<string> => {
  const [row] = await ask('SELECT CURRENT_USER() AS account')
  return quoteCurrentUser(row?.['account'], username)
}

/**
 * Tries each table, and each column where a table does not do, and returns what is missing with the statement that grants it. A user
 * without any right on a table is refused alike whether it exists or not.
 */
export const checkRights = async (
  ask: Ask,
  needs: readonly TableNeed[],
  login: { name: string; username: string },
): Promise<MissingRight[]> => {
  const found: Omit<MissingRight, 'grant'>[] = []
  for (const { table, columns, privilege = 'SELECT' } of needs) {
    const problem = await attempt(ask, privilege, table, columns)
    if (problem === 'table') found.push({ table, privilege, problem, columns: [...columns] })
    if (problem === null || problem === 'table') continue
    const lacking: { column: string; problem: MissingRight['problem'] | null }[] = []
    for (const column of columns) lacking.push({ column, problem: await attempt(ask, privilege, table, [column]) })
    for (const kind of ['right', 'column'] as const) {
      const names = lacking.filter((each) => each.problem === kind).map(({ column }) => column)
      if (names.length > 0) found.push({ table, privilege, problem: kind, columns: names })
    }
  }
  const account = found.some(({ problem }) => problem === 'right') ? await accountOf(ask, login.username) : ''
  const grantOf = ({ privilege, columns, table }: (typeof found)[number]) =>
    `GRANT ${privilege} (${quoteNames(columns)}) ON ${quoteName(login.name)}.${quoteName(table)} TO ${account};`
  return found.map((missing) => ({ ...missing, grant: missing.problem === 'right' ? grantOf(missing) : null }))
}

/** What is missing, in words. */
export const describeMissing = (missing: readonly MissingRight[]): string =>
  missing
    .map(({ table, columns, privilege, problem }) => {
      if (problem === 'table') return `There is no table ${table}.`
      const names = columns.join(', ')
      return problem === 'column' ? `The table ${table} has no ${names}.` : `The user has no ${privilege} right on ${table} (${names}).`
    })
    .join(' ')
