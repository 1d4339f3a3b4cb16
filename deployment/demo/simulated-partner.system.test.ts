import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = `
import { createConnection } from 'mysql2'
import { startDemoFleet } from './fleet.ts'

const fleet = await startDemoFleet({ now: Date.now })
const { host, port, name, username, password } = fleet.partners[0].db
const connect = async () => {
  const connection = createConnection({ host, port, user: username, password, database: name })
  connection.on('error', () => undefined)
  await connection.promise().connect()
  return connection.promise()
}
const first = await connect()
fleet.partners[0].slow(60_000)
const cut = first.query('SELECT 1').catch((error) => console.log(error.code))
await connect() // its handshake ends after the statement has arrived
await fleet.stop()
await cut
console.log('stopped')
`

test('a fleet that was stopped, a statement still running, lets its process end by itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: import.meta.dirname,
    timeout: 20_000,
  })
  expect(stdout).toMatch(/^(ECONNRESET|PROTOCOL_CONNECTION_LOST)\nstopped\n$/)
})
