import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** A SQLite file that this process alone has open. */
export type Database = {
  run(sql: string, ...values: SQLInputValue[]): number
  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[]
  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined
  /** Runs `work` in one transaction: all of its writes are durable when it returns, none are when it throws. */
  transaction<T>(work: () => T): T
  close(): void
}

const SQLITE_BUSY = 5

/** True for the error that `openDatabase` throws when another process holds the file. */
export const isDatabaseLocked = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

/**
 * Opens the file and takes its lock, which the operating system gives back even when the process is killed. A committed transaction
 * survives the death of the process. `synchronous=NORMAL`: a power loss or a crash of the machine may take back the last commits since
 * a checkpoint (never half of one, and the file stays whole), as MongoDB's own default may lose the last 100 ms.
 */
export const openDatabase = (file: string): Database => {
  const sqlite = new DatabaseSync(file)
  try {
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384')
    sqlite.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    sqlite.close()
    throw error
  }
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known) return known
    const statement = sqlite.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    run: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    all: (sql, ...values) => prepare(sql).all(...values),
    get: (sql, ...values) => prepare(sql).get(...values),
    transaction: (work) => {
      sqlite.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        sqlite.exec('COMMIT')
        return result
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
        throw error
      }
    },
    close: () => {
      statements.clear()
      sqlite.close()
    },
  }
}
