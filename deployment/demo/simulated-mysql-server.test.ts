import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2'
import { afterEach, expect, test } from 'vitest'
import { startSimulatedMysqlServer } from './simulated-mysql-server.ts'

const login = { name: 'acme', username: 'reader', password: 'secret' }
const stops: (() => unknown)[] = []
/** What mysql2's client says of packets that are out of step. */
const warnings: unknown[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  expect(warnings.splice(0)).toEqual([])
})

const connectServer = async (overrides: object = {}, delayMs = 0) => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE calls (id INTEGER PRIMARY KEY)')
  const server = await startSimulatedMysqlServer({ database, ...login, delayMs: () => delayMs })
  stops.push(server.stop)
  const { name, username: user, password } = login
  const connection = createConnection({ host: '127.0.0.1', port: server.port, user, password, database: name, ...overrides })
  connection.on('error', () => undefined)
  connection.on('warn', (warning) => warnings.push(warning))
  stops.push(() => connection.destroy())
  await connection.promise().connect()
  return connection.promise()
}

test.each([
  ['a wrong password', { password: 'wrong' }, 1045],
  ['no password', { password: '' }, 1045],
  ['another user', { user: 'root' }, 1045],
  ['an unknown database', { database: 'nope' }, 1049],
])('the database refuses %s', async (_case, overrides, errno) => {
  await expect(connectServer(overrides)).rejects.toMatchObject({ errno })
})

test('a statement that fails is answered with its error, and the connection goes on in step', async () => {
  const connection = await connectServer()
  await expect(connection.query('SELECT * FROM nope')).rejects.toMatchObject({ errno: 1146 })
  await expect(connection.query('SELEC 1')).rejects.toMatchObject({ errno: 1064 })
  await expect(connection.query('SELECT nope FROM calls')).rejects.toMatchObject({ errno: 1054 })
  await expect(connection.query('DELETE FROM calls')).rejects.toMatchObject({ errno: 1142 })
  await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ errno: 1295 })
  await connection.ping()
  await connection.reset()
  await connection.query("SET SESSION time_zone = '+00:00'")
  const [answer] = await connection.query('SELECT VERSION() AS version, DATABASE() AS name, 2.5 AS half, NULL AS missing')
  expect(answer).toEqual([{ version: expect.stringMatching(/^8\.0\./), name: 'acme', half: 2.5, missing: null }])
  expect((await connection.query('SELECT @@version_comment LIMIT 1'))[0]).toEqual([{ '@@version_comment': 'Simulated partner' }])
  expect((await connection.query('SELECT id FROM calls WHERE 1 = 0'))[0]).toEqual([])
})

test('each statement takes as long as it should', async () => {
  const connection = await connectServer({}, 80)
  const startedAt = performance.now()
  await connection.query('SELECT 1')
  expect(performance.now() - startedAt).toBeGreaterThan(75)
})
