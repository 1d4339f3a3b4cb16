import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { findFreePort, startDaemon, stopDaemon } from './daemon.ts'
import { programPath } from './real-part.ts'

/** A throwaway MariaDB server on loopback with its data in a temporary folder. */
export type Mariadb = {
  port: number
  /** Runs statements as the superuser, separated by semicolons, in `schema` where one is given. */
  run(sql: string, schema?: string): Promise<void>
  /** The rows of one statement, run as the superuser. */
  ask(sql: string): Promise<Record<string, unknown>[]>
  /** Makes a schema, and a user of the same name with this password that may do everything in it. */
  createSchema(name: string, password: string): Promise<void>
  /** Locks a table, so that whoever reads it waits, while `work` runs. */
  hold(schema: string, table: string, work: () => Promise<void>): Promise<void>
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts a throwaway `mariadbd` with small buffers and these options, in about half a second. @throws Error when it does not start */
export const startMariadb = async (options: readonly string[] = []): Promise<Mariadb> => {
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'))
  const data = join(folder, 'data')
  const socketPath = join(folder, 'socket')
  const port = await findFreePort()
  const user = `--user=${userInfo().username}`
  const install = ['--no-defaults', user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  execFileSync(programPath('mariadb-install-db'), install, { stdio: 'ignore' })

  const settings = ['--no-defaults', user, `--datadir=${data}`, `--socket=${socketPath}`, `--port=${port}`, ...frugal, ...options]
  const start = () => startDaemon(programPath('mariadbd'), settings, port)
  let daemon = await start()
  const ask = async (sql: string, schema?: string) => {
    const database = schema === undefined ? {} : { database: schema }
    const connection = await createConnection({ socketPath, user: 'root', multipleStatements: true, ...database })
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql)
      return rows
    } finally {
      await connection.end()
    }
  }
  const run = async (sql: string, schema?: string) => {
    await ask(sql, schema)
  }
  return {
    port,
    run,
    ask,
    createSchema: (name, password) =>
      run(
        `CREATE DATABASE \`${name}\`; CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON \`${name}\`.* TO '${name}'@'%'`,
      ),
    hold: async (database, table, work) => {
      const connection = await createConnection({ socketPath, user: 'root', database })
      try {
        await connection.query(`LOCK TABLES \`${table}\` WRITE`)
        await work()
      } finally {
        await connection.end()
      }
    },
    kill: () => stopDaemon(daemon, 'SIGKILL'),
    start: async () => {
      daemon = await start()
    },
    stop: async () => {
      await stopDaemon(daemon, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const frugal = [
  // In its own folder: a server that starts removes the temporary tables of those that share one.
  '--tmpdir=.',
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--performance-schema=OFF',
  '--innodb-buffer-pool-size=16M',
  '--innodb-log-file-size=8M',
  '--innodb-flush-log-at-trx-commit=0',
  '--key-buffer-size=1M',
  '--max-connections=1200',
]
