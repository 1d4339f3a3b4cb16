import type { Duplex } from 'node:stream'
import { type AuthPlugin, authPlugins, type Connection, createConnection, type QueryError } from 'mysql2'
import type { MysqlLogin, Row, TlsSession } from '../../reach/reach-target.ts'
import { ReachFailure } from '../reach/reach-failure.ts'
import { describeConnectError, describeQueryError } from './describe-mysql-error.ts'
import { limitStatement, prepareSession } from './prepare-session.ts'
import { startTls, tlsSessionOf } from './start-tls.ts'
import { type Answers, watchAnswers } from './watch-answers.ts'

/** One MySQL or MariaDB session over a stream that somebody else owns and closes. */
export type MysqlSession = {
  readonly tls: TlsSession | null
  readonly notes: readonly string[]
  /** One round trip. `limitMs` is enforced by the server. @throws ReachFailure */
  query(sql: string, values: readonly unknown[], limitMs: number): Promise<Row[]>
  /** Tells the server that the session is over. */
  end(): void
}

/** A session that is on its way. */
export type MysqlConnecting = {
  /** True once the server greeted as MySQL does. */
  readonly greeted: boolean
  /** Resolves when the connection is encrypted, before anything secret is sent. @throws ReachFailure */
  readonly secured: Promise<void>
  /** Resolves when the user is signed in and the session is prepared. @throws ReachFailure */
  ready(limitMs: number): Promise<MysqlSession>
}

export type MysqlDeps = {
  /** Called when the session cannot go on, with the failure where it is the server's; has to end the stream. */
  giveUp: (failure?: ReachFailure) => void
  /** Given the encrypted stream, where there is one. */
  onSecured?: (stream: Duplex) => void
  /** Nobody on the way can read or answer what is sent: it goes through a tunnel. */
  isTunnel: boolean
}

/** More than any statement of the product brings. */
const maxRows = 1_000

/** What mysql2 does for `ssl`, and what it leaves to be done here: it knows a server's name only from its own socket. */
type Upgradable = { startTLS: (done: (failure?: Error) => void) => void; stream: Duplex; packetParser: { execute(bytes: Buffer): void } }

/**
 * Starts to sign in over `stream`. Its failures are of the reasons `db-auth`, `db-missing`, `db-refused`, `tls-required`, `tls-failed`,
 * `certificate` or `query`.
 */
export const connectMysql = (
  stream: Duplex,
  login: MysqlLogin & { host: string },
  { giveUp, onSecured = () => {}, isTunnel }: MysqlDeps,
): MysqlConnecting => {
  const answers = watchAnswers(stream, giveUp)
  const connection = createConnection({
    stream,
    user: login.username,
    password: login.password,
    ...(login.name && { database: login.name }),
    ...(login.tls && { ssl: { rejectUnauthorized: true } }),
    authPlugins: allowedPlugins(login.password, isTunnel || login.tls !== null),
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
  const describe = (cause: QueryError) => describeConnectError(cause, { ...login, greeted: answers.greeted, offersTls: answers.offersTls })

  const secured = Promise.withResolvers<void>()
  let tls: TlsSession | null = null
  const upgradable = connection as unknown as Upgradable
  upgradable.startTLS = (done) => {
    if (!login.tls || answers.hasMore)
      return done(new ReachFailure('tls-failed', 'Something was added to what the database sent before the connection was encrypted.'))
    stream.removeAllListeners('data')
    const onSecure = (failure?: ReachFailure) => {
      if (failure) return done(failure)
      tls = tlsSessionOf(secure)
      secured.resolve()
      done()
    }
    const secure = startTls(stream, login.host, login.tls, { done: onSecure, giveUp })
    onSecured(secure)
    answers.follow(secure)
    secure.on('data', (bytes: Buffer) => upgradable.packetParser.execute(bytes))
    upgradable.stream = secure
  }
  const signedIn = signIn(connection).catch((cause) => {
    throw describe(cause)
  })
  signedIn.catch(secured.reject)
  secured.promise.catch(() => {})

  return {
    get greeted() {
      return answers.greeted
    },
    secured: secured.promise,
    ready: async (limitMs) => {
      await signedIn
      answers.ended()
      const { limit, notes } = await prepareSession((sql) => send(connection, answers, sql, []), limitMs).catch((cause) => {
        throw describe(cause)
      })
      let currentLimitMs = limitMs
      return {
        tls,
        notes: [...(tls || isTunnel ? [] : [inTheClearNote(answers.offersTls)]), ...notes],
        query: async (sql, values, newLimitMs) => {
          try {
            if (limit && newLimitMs !== currentLimitMs) await send(connection, answers, limitStatement(limit, newLimitMs), [])
            currentLimitMs = newLimitMs
            return await send(connection, answers, sql, values)
          } catch (cause) {
            throw describeQueryError(cause as QueryError)
          }
        },
        end: () => connection.end(),
      }
    },
  }
}

const inTheClearNote = (offersTls: boolean) =>
  `The connection to the database is not encrypted${offersTls ? ', though the server offers it: set db.tls to required or stricter' : ''}.`

const inTheClear = () => {
  throw new ReachFailure(
    'tls-required',
    'The database asks for the password itself, which is only sent encrypted: set db.tls to required or stricter, or connect through SSH.',
  )
}

/** How to sign in where mysql2 does not know, and how not to: a password in the clear, or under a key that anybody may have sent. */
const allowedPlugins = (password: string, isPrivate: boolean): Record<string, AuthPlugin> => ({
  // Its curve takes 12 MB in each thread, for the few who sign in so.
  client_ed25519: () => async (nonce) => (await import('./sign-ed25519.ts')).signEd25519(password, nonce.subarray(0, 32)),
  mysql_clear_password: isPrivate ? authPlugins.mysql_clear_password({}) : () => inTheClear,
  ...(!isPrivate && {
    caching_sha2_password: authPlugins.caching_sha2_password({ onServerPublicKey: inTheClear }),
    sha256_password: authPlugins.sha256_password({ onServerPublicKey: inTheClear }),
  }),
})

const signIn = (connection: Connection): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onConnect = () => resolve()
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
