import type { Duplex } from 'node:stream'
import { type Connection, createConnection, type QueryError } from 'mysql2'
import type { MysqlLogin, Row } from '../../reach/reach-target.ts'
import { ReachFailure } from '../reach/reach-failure.ts'
import { describeConnectError, describeQueryError } from './describe-mysql-error.ts'
import { prepareSession, statementLimit } from './prepare-session.ts'
import { type Answers, watchAnswers } from './watch-answers.ts'

/** One MySQL or MariaDB session over a stream that somebody else owns and closes. */
export type MysqlSession = {
  /** One round trip. `limitMs` is enforced by the server. @throws ReachFailure */
  query(sql: string, values: readonly unknown[], limitMs: number): Promise<Row[]>
  /** Tells the server that the session is over. */
  end(): void
}

/** More than any statement of the product brings. */
const maxRows = 1_000

/**
 * Signs in over `stream` and prepares the session in one more round trip. `giveUp` is called when the session cannot go on, with the
 * failure where it is the server's, and has to end the stream. @throws ReachFailure `db-auth`, `db-missing`, `db-refused` or `query`
 */
export const connectMysql = async (
  stream: Duplex,
  login: MysqlLogin,
  limitMs: number,
  giveUp: (failure?: ReachFailure) => void,
): Promise<MysqlSession> => {
  const answers = watchAnswers(stream, giveUp)
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
  connection.on('error', () => giveUp())
  connection.on('end', () => giveUp())
  // The library only notes packets that are out of order, each on the console.
  connection.on('warn', (warning: Error) => {
    throw warning
  })
  const describe = (cause: QueryError) => describeConnectError(cause, answers.greeted)
  const version = await signIn(connection).catch((cause) => {
    throw describe(cause)
  })
  answers.ended()
  await send(connection, answers, prepareSession(version, limitMs), []).catch((cause) => {
    throw describe(cause)
  })

  let currentLimitMs = limitMs
  return {
    query: async (sql, values, newLimitMs) => {
      try {
        if (newLimitMs !== currentLimitMs) await send(connection, answers, `SET SESSION ${statementLimit(version, newLimitMs)}`, [])
        currentLimitMs = newLimitMs
        return await send(connection, answers, sql, values)
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
  const onEnd = () => reject(new ReachFailure('db-refused', 'The database server closed the connection.'))
  connection.once('connect', onConnect).once('error', reject).once('end', onEnd)
  return promise.finally(() => connection.off('connect', onConnect).off('error', reject).off('end', onEnd))
}

const send = (connection: Connection, answers: Answers, sql: string, values: readonly unknown[]): Promise<Row[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<Row[]>()
  answers.expect()
  connection.query(sql, [...values], (error, result) => {
    answers.ended()
    const rows = Array.isArray(result) ? (result as Row[]) : []
    if (error) reject(error)
    else if (rows.length > maxRows) reject(new ReachFailure('query', `The database's answer has more than ${maxRows} rows.`))
    else resolve(rows)
  })
  return promise
}
