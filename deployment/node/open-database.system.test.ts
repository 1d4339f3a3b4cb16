import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../shared/node/log.ts'
import { openTestDatabase, type TestDatabase } from '../testing/test-databases.ts'
import { type OpenDatabase, openDatabase } from './open-database.ts'

/** A server on loopback that passes everything on to `socketPath`, until it falls silent without closing anything. */
const startMutableServer = async (socketPath: string) => {
  const sockets = new Set<Socket>()
  let silent = false
  const server = createServer((near) => {
    const far = connect(socketPath)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.on('data', (chunk) => silent || far.write(chunk))
    far.on('data', (chunk) => silent || near.write(chunk))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    fallSilent: () => {
      silent = true
    },
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

let behind: TestDatabase
let server: Awaited<ReturnType<typeof startMutableServer>>
let opened: OpenDatabase
beforeEach(async () => {
  behind = await openTestDatabase()
  server = await startMutableServer(decodeURIComponent(new URL(behind.url).host))
  opened = await openDatabase({ MONGO_URL: server.url, DB_NAME: 'silent', DATA_DIR: '/nowhere' }, createLog({ level: 'silent' }))
})
afterEach(async () => {
  server.stop()
  await opened.close()
  await behind.close()
})

test('a ping of a database that fell silent fails within 4 s, instead of waiting for the network to notice', async () => {
  await opened.ping()
  server.fallSilent()
  const startedAt = performance.now()
  await expect(opened.ping()).rejects.toThrow()
  expect(performance.now() - startedAt).toBeLessThan(4_000)
})

test('every operation has a deadline that ends its connection', () => {
  const { socketTimeoutMS, waitQueueTimeoutMS } = opened.db.client.options
  expect([socketTimeoutMS, waitQueueTimeoutMS].every((ms) => ms > 0 && ms <= 30_000)).toBe(true)
})
