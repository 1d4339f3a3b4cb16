import type { Row } from '../../reach/reach-target.ts'

type Send = (sql: string) => Promise<Row[]>

/** The session's limit on a statement, as a setting; `null`: the server knows none. */
type StatementLimit = ((limitMs: number) => string) | null

/** What a session relies on and was told. */
export type PreparedSession = { limit: StatementLimit; notes: string[] }

/** MySQL's ER_UNKNOWN_SYSTEM_VARIABLE, and MariaDB's. */
const unknownVariable = 1193

/** Milliseconds in MySQL 5.7.8 and later. */
const mysqlLimit = (limitMs: number) => `max_execution_time = ${limitMs}`
/** Seconds in MariaDB 10.1 and later. */
const mariadbLimit = (limitMs: number) => `max_statement_time = ${limitMs / 1000}`

const isMariadb = (version: string): boolean => /mariadb/i.test(version)

/** The names of the two characteristics of a transaction: MySQL's since 5.7.20, MariaDB's since 11.1, and what both had before. */
const transactionPrefix = (version: string): 'transaction' | 'tx' => {
  const [, major, minor, patch] = /^(?:5\.5\.5-(?=\d))?(\d+)\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
  const number = (major ?? 0) * 10_000 + (minor ?? 0) * 100 + (patch ?? 0)
  return number >= (isMariadb(version) ? 110_100 : 50_720) ? 'transaction' : 'tx'
}

/** `autocommit` goes to 0 and then to 1, because that ends a transaction that is open, and 1 alone does not. */
const common = [
  'completion_type = 0',
  'autocommit = 0',
  'autocommit = 1',
  'character_set_client = utf8mb4',
  'collation_connection = utf8mb4_unicode_ci',
  'character_set_results = utf8mb4',
  "time_zone = '+00:00'",
  "sql_mode = 'STRICT_ALL_TABLES'",
  'sql_select_limit = 18446744073709551615',
]

const set = (settings: readonly string[]) => `SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`

/**
 * Sets all that a session's statements rely on, whatever the server's defaults or its `init_connect` left behind: in one round trip where
 * the server knows what its version, which is asked for, ought to know, and otherwise by trying.
 */
export const prepareSession = async (send: Send, limitMs: number): Promise<PreparedSession> => {
  const [server] = await send('SELECT @@version AS version, @@version_comment AS comment')
  const version = `${server?.version} ${server?.comment}`
  const limit = isMariadb(version) ? mariadbLimit : mysqlLimit
  const prefix = transactionPrefix(version)
  const characteristics = [`${prefix}_isolation = 'READ-COMMITTED'`, `${prefix}_read_only = 1`]
  return (await tries(send, set([...common, ...characteristics, limit(limitMs)]))) ? { limit, notes: [] } : prepareByTrying(send, limitMs)
}

const prepareByTrying = async (send: Send, limitMs: number): Promise<PreparedSession> => {
  await send(set(common))
  await send('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY')
  for (const limit of [mysqlLimit, mariadbLimit]) if (await tries(send, set([limit(limitMs)]))) return { limit, notes: [] }
  const note =
    'No limit on statements here: the server knows neither max_execution_time nor max_statement_time, and may go on with one after this service gave up.'
  return { limit: null, notes: [note] }
}

/** False when the server does not know one of the settings. */
const tries = async (send: Send, sql: string): Promise<boolean> => {
  try {
    await send(sql)
    return true
  } catch (error) {
    if ((error as { errno?: number }).errno === unknownVariable) return false
    throw error
  }
}

/** Changes the limit of a session. */
export const limitStatement = (limit: (limitMs: number) => string, limitMs: number): string => set([limit(limitMs)])
