import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../shared/node/log.ts'
import { type DatabaseRelay, startDatabaseRelay } from '../testing/database-relay.ts'
import { openTestDatabase, type TestDatabase } from '../testing/test-databases.ts'
import { openDatabase } from './open-database.ts'

let behind: TestDatabase
let server: DatabaseRelay
let opened: Awaited<ReturnType<typeof openDatabase>>
beforeEach(async () => {
  behind = await openTestDatabase()
  server = await startDatabaseRelay(decodeURIComponent(new URL(behind.url).host))
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
