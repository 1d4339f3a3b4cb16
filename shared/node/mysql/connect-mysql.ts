import type { Duplex } from 'node:stream'
import { type Connection, createConnection, type QueryError } from 'mysql2'
import type { MysqlLogin, Row } from '../../reach/reach-target.ts'
import { ReachFailure } from '../reach/reach-failure.ts'
import { describeConnectError, describeQueryError } from './describe-mysql-error.ts'

/** One MySQL or MariaDB session over a stream that somebody else owns and closes. */
export type MysqlSession = {
  /** One round trip. `limitMs` is enforced by the server. @throws ReachFailure */
  query(sql: string, values: readonly unknown[], limitMs: number): Promise<Row[]>
  /** Tells the server that the session is over. */
  end(): void
}

/**
 * Signs in over `stream` and prepares the session in one more round trip: UTC, a known SQL mode, and a limit on how long a statement runs.
 * `onLost` is called once when the session ends on its own. @throws ReachFailure `db-auth`, `db-missing` or `db-refused`
 */
export const connectMysql = async (stream: Duplex, login: MysqlLogin, limitMs: number, onLost: () => void): Promise<MysqlSession> => {
  const connection = createConnection({
    stream,
    user: login.username,
    password: login.password,
    database: login.name,
    // Without LOCAL_FILES a server cannot ask for a file of this machine; without eval, column names never become code.
    flags: ['-LOCAL_FILES'],
    disableEval: true,
    timezone: 'Z',
    connectTimeout: 0,
    // Its cache of prepared statements, unused here, takes half a megabyte at its usual size.
    maxPreparedStatements: 1,
  })
  // One that nobody awaits must not end the process; those that matter reach a query or the sign-in.
  connection.on('error', onLost)
  connection.on('end', onLost)
  const setLimit = limitStatement(await signIn(connection))
  await send(connection, `SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES', ${setLimit(limitMs)}`, []).catch((cause) => {
    throw describeConnectError(cause)
  })

  let currentLimitMs = limitMs
  return {
    query: async (sql, values, newLimitMs) => {
      try {
        if (newLimitMs !== currentLimitMs) await send(connection, `SET SESSION ${setLimit(newLimitMs)}`, [])
        currentLimitMs = newLimitMs
        return await send(connection, sql, values)
      } catch (cause) {
        throw describeQueryError(cause as QueryError)
      }
    },
    end: () => connection.end(),
  }
}

/** Resolves with the server's version. */
const signIn = (connection: Connection): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onConnect = (handshake: { serverVersion: string }) => resolve(handshake.serverVersion)
  const onError = (cause: QueryError) => reject(describeConnectError(cause))
  const onEnd = () => reject(new ReachFailure('db-refused', 'The database server closed the connection.'))
  connection.once('connect', onConnect).once('error', onError).once('end', onEnd)
  return promise.finally(() => connection.off('connect', onConnect).off('error', onError).off('end', onEnd))
}

/** The session's limit on a statement: milliseconds in MySQL 5.7.8 and later, seconds in MariaDB 10.1 and later. */
const limitStatement =
  (serverVersion: string) =>
  (limitMs: number): string =>
    /mariadb/i.test(serverVersion) ? `max_statement_time = ${limitMs / 1000}` : `max_execution_time = ${limitMs}`

const send = (connection: Connection, sql: string, values: readonly unknown[]): Promise<Row[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<Row[]>()
  connection.query(sql, [...values], (error, result) => {
    if (error) reject(error)
    else resolve(Array.isArray(result) ? (result as Row[]) : [])
  })
  return promise
}
