import { createHash, timingSafeEqual } from 'node:crypto'
import type { Server } from 'node:net'
import type { DatabaseSync } from 'node:sqlite'
import { type Connection, createServer } from 'mysql2'
import { answerSql, type SqlAnswer, serverVersion } from './answer-sql.ts'
import { createLoopbackListener } from './loopback-listener.ts'

type MysqlServerOptions = {
  database: DatabaseSync
  name: string
  username: string
  password: string
  /** How long each statement takes. */
  delayMs: () => number
}
type Login = { user: string; database?: string; authPluginData1: Buffer; authPluginData2: Buffer; authToken: Buffer }

type SimulatedMysqlServer = { port: number; stop(): Promise<void> }

const clientFlags = {
  longPassword: 1,
  connectWithDb: 8,
  protocol41: 512,
  transactions: 8_192,
  secureConnection: 32_768,
  pluginAuth: 524_288,
}
const capabilityFlags = Object.values(clientFlags).reduce((all, flag) => all | flag, 0)
const utf8mb4 = 45
const columnTypes = { integer: 8, real: 5, text: 253 }
const resetConnection = 31
const closeStatement = 25

const sha1 = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest()

/** `mysql_native_password`: SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))), from MySQL's protocol manual. */
const nativePasswordToken = (password: string, nonce: Uint8Array): Buffer => {
  const hash = sha1(Buffer.from(password))
  const mask = sha1(nonce, sha1(hash))
  return Buffer.from(hash.map((byte, index) => byte ^ mask[index]!))
}

const refuseLogin = (options: MysqlServerOptions, login: Login): { code: number; message: string } | null => {
  const expected = nativePasswordToken(options.password, Buffer.concat([login.authPluginData1, login.authPluginData2]))
  const right = login.authToken.length === expected.length && timingSafeEqual(login.authToken, expected)
  if (!right || login.user !== options.username) return { code: 1045, message: `Access denied for user '${login.user}'` }
  return refuseDatabase(options, login.database)
}

const refuseDatabase = (options: MysqlServerOptions, name: string | undefined) =>
  !name || name === options.name ? null : { code: 1049, message: `Unknown database '${name}'` }

const columnDefinition = (column: { name: string; type: keyof typeof columnTypes }) => ({
  catalog: 'def',
  schema: '',
  table: '',
  orgTable: '',
  name: column.name,
  orgName: column.name,
  characterSet: utf8mb4,
  columnLength: 255,
  columnType: columnTypes[column.type],
  flags: 0,
  decimals: 0,
})

const send = (connection: Connection, answer: SqlAnswer) => {
  if (answer.kind === 'rows') connection.writeTextResult(answer.rows, answer.columns.map(columnDefinition))
  else if (answer.kind === 'error') connection.writeError({ code: answer.code, message: answer.message })
  else connection.writeOk()
  // mysql2's server side counts packets on; the protocol counts from 0 with each command.
  connection.sequenceId = 0
}

const serve = (connection: Connection, options: MysqlServerOptions, connectionId: number) => {
  const timers = new Set<NodeJS.Timeout>()
  const refusal = (error: { code: number; message: string } | null): SqlAnswer => (error ? { kind: 'error', ...error } : { kind: 'ok' })
  const query = (sql: string) => {
    const delayMs = options.delayMs()
    if (delayMs === 0) return send(connection, answerSql(options.database, sql))
    const timer = setTimeout(() => {
      timers.delete(timer)
      send(connection, answerSql(options.database, sql))
    }, delayMs)
    timers.add(timer)
  }
  const forgetTimers = () => {
    for (const timer of timers) clearTimeout(timer)
  }
  connection.on('end', forgetTimers)
  connection.on('error', forgetTimers)
  connection.on('query', query)
  connection.on('stmt_prepare', (sql: string) => {
    if (/^\s*SET\s/i.test(sql)) query(sql)
    else send(connection, { kind: 'error', code: 1295, message: 'Prepared statements are not supported' })
  })
  connection.on('ping', () => send(connection, { kind: 'ok' }))
  connection.on('init_db', (name: string) => send(connection, refusal(refuseDatabase(options, name))))
  connection.on('packet', (_packet: unknown, known: boolean, command: number) => {
    if (known || command === closeStatement) return
    send(connection, command === resetConnection ? { kind: 'ok' } : { kind: 'error', code: 1047, message: 'Unknown command' })
  })
  connection.serverHandshake({
    protocolVersion: 10,
    serverVersion,
    connectionId,
    statusFlags: 2,
    characterSet: utf8mb4,
    capabilityFlags,
    authCallback: (login: Login, done: (error: null, refusal: { code: number; message: string } | null) => void) => {
      done(null, refuseLogin(options, login))
      connection.sequenceId = 0
    },
  })
}

/** Serves one SQLite database over MySQL's protocol on loopback to one user, who signs in with `mysql_native_password` and may only read. */
export const startSimulatedMysqlServer = async (options: MysqlServerOptions): Promise<SimulatedMysqlServer> => {
  options.database.function('VERSION', () => serverVersion)
  options.database.function('DATABASE', () => options.name)
  let connections = 0
  const server = createServer((connection) => serve(connection, options, ++connections))
  // mysql2 keeps the TCP server to itself; only there can the address be chosen and the sockets be ended.
  const listener = createLoopbackListener((server as unknown as { _server: Server })._server)
  return { port: await listener.listen(0), stop: listener.close }
}
