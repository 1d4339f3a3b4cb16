import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, MongoClient } from 'mongodb'
import { startEmbeddedMongo } from '../../shared/embedded-mongo/start-embedded-mongo.ts'

/** A database of its own for one test file; `close` drops it and ends everything that was started for it. */
export type TestDatabase = { db: Db; url: string; close(): Promise<void> }

const connect = async (url: string, end: () => Promise<void>): Promise<TestDatabase> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 })
  try {
    await client.connect()
  } catch (error) {
    await client.close()
    await end()
    throw error
  }
  const db = client.db(`test_${randomBytes(6).toString('hex')}`)
  return {
    db,
    url,
    close: async () => {
      await db.dropDatabase()
      await client.close()
      await end()
    },
  }
}

/** A database on the embedded engine, in a throwaway directory. */
export const openTestDatabase = async (options: { now?: () => number } = {}): Promise<TestDatabase> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-test-'))
  const engine = await startEmbeddedMongo({ dataDir, ...options })
  return connect(engine.url, async () => {
    await engine.close()
    await rm(dataDir, { recursive: true })
  })
}

const serverUrl = process.env['TEST_MONGO_URL']

/** For `describe.each`: the embedded engine, and the server in `TEST_MONGO_URL` when that is set. */
export const testDatabases: readonly { name: string; open(): Promise<TestDatabase> }[] = [
  { name: 'embedded engine', open: () => openTestDatabase() },
  ...(serverUrl ? [{ name: 'server in TEST_MONGO_URL', open: () => connect(serverUrl, async () => {}) }] : []),
]

/** The server's own name for itself: `mongo-java-server`, or `mongodb` for every other and for the embedded engine. */
export const serverName = async (db: Db): Promise<'mongodb' | 'mongo-java-server'> =>
  'modules' in (await db.admin().command({ buildInfo: 1 })) ? 'mongodb' : 'mongo-java-server'
