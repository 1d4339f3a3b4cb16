/** The names of the two characteristics of a transaction: MySQL's since 5.7.20, MariaDB's since 11.1, and what both had before. */
const transactionPrefix = (serverVersion: string): 'transaction' | 'tx' => {
  const [, major, minor, patch] = /^(?:5\.5\.5-(?=\d))?(\d+)\.(\d+)\.(\d+)/.exec(serverVersion)?.map(Number) ?? []
  const version = (major ?? 0) * 10_000 + (minor ?? 0) * 100 + (patch ?? 0)
  return version >= (isMariadb(serverVersion) ? 110_100 : 50_720) ? 'transaction' : 'tx'
}

const isMariadb = (serverVersion: string): boolean => /mariadb/i.test(serverVersion)

/** The session's limit on a statement: milliseconds in MySQL 5.7.8 and later, seconds in MariaDB 10.1 and later. */
export const statementLimit = (serverVersion: string, limitMs: number): string =>
  isMariadb(serverVersion) ? `max_statement_time = ${limitMs / 1000}` : `max_execution_time = ${limitMs}`

/**
 * The one statement that sets all that a session's statements rely on, whatever the server's defaults or its `init_connect` left behind.
 * `autocommit` goes to 0 and then to 1, because that ends a transaction that is open, and 1 alone does not.
 */
export const prepareSession = (serverVersion: string, limitMs: number): string => {
  const prefix = transactionPrefix(serverVersion)
  const settings = [
    'completion_type = 0',
    'autocommit = 0',
    'autocommit = 1',
    `${prefix}_isolation = 'READ-COMMITTED'`,
    `${prefix}_read_only = 1`,
    'character_set_client = utf8mb4',
    'collation_connection = utf8mb4_unicode_ci',
    'character_set_results = utf8mb4',
    "time_zone = '+00:00'",
    "sql_mode = 'STRICT_ALL_TABLES'",
    'sql_select_limit = 18446744073709551615',
    statementLimit(serverVersion, limitMs),
  ]
  return `SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`
}
