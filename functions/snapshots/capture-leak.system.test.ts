import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import { openSnapshots } from './snapshots-under-test.ts'

/** What the process that captures holds, after a full collection of garbage. */
type Held = { heapBytes: number; bufferBytes: number; files: number; resources: Record<string, number>; connections: number }

/** Captures five partners over and over: three on kept connections, one on a new connection each time, one that refuses. */
const script = `
import { readdirSync } from 'node:fs'
import { MongoClient } from 'mongodb'
import { openSnapshots } from './snapshots-under-test.ts'

const client = await new MongoClient(process.env.MONGO_URL, { maxPoolSize: 4, minPoolSize: 4 }).connect()
const under = await openSnapshots({ db: client.db(process.env.DB_NAME), nowMs: Date.now })
let captures = 0
const captureUntil = async (count) => {
  while (captures < count) {
    const results = await under.captureNow(undefined, 'Ada')
    if (results.filter(({ ok }) => ok).length !== 4) throw new Error(JSON.stringify(results))
    captures += results.length
    for (const id of ['fresh', 'refused']) under.pool.evict(id)
  }
}
const measure = async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    gc()
  }
  const resources = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const files = readdirSync('/proc/self/fd').length
  return { heapBytes: heapUsed, bufferBytes: arrayBuffers, files, resources, connections: under.pool.size }
}
await captureUntil(10)
const before = await measure()
await captureUntil(1_010)
const after = await measure()
await under.close()
await client.close()
console.log(JSON.stringify({ before, after }))
`

test('1,000 captures later a process holds no more memory, handles or connections than after 10', async () => {
  const database = await openTestDatabase()
  const under = await openSnapshots({ db: database.db, nowMs: Date.now })
  const partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'idle', now: Date.now })
  try {
    for (const id of ['kept-1', 'kept-2', 'kept-3', 'fresh']) await under.addPartner(id, partner)
    await under.addPartner('refused')
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module-typescript', '-e', script], {
      cwd: import.meta.dirname,
      timeout: 110_000,
      env: { PATH: process.env['PATH'], MONGO_URL: database.url, DB_NAME: database.db.databaseName },
    })
    const { before, after } = JSON.parse(stdout) as { before: Held; after: Held }
    expect(after).toMatchObject({ files: before.files, resources: before.resources, connections: 3 })
    expect(after.heapBytes - before.heapBytes).toBeLessThan(3_000_000)
    expect(after.bufferBytes - before.bufferBytes).toBeLessThan(500_000)
  } finally {
    await under.close()
    await partner.stop()
    await database.close()
  }
})
