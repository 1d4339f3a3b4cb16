import { MongoClient } from 'mongodb'
import { startEmbeddedMongo } from '../../shared/embedded-mongo/start-embedded-mongo.ts'
import type { Config } from '../../shared/node/config.ts'
import type { Log } from '../../shared/node/log.ts'

const selectionTimeoutMs = 10_000
const operationTimeoutMs = 30_000
const pingTimeoutMs = 3_000

/** Connects to `MONGO_URL`, or starts the embedded engine in `DATA_DIR` and connects to that. */
export const openDatabase = async (config: Pick<Config, 'MONGO_URL' | 'DB_NAME' | 'DATA_DIR'>, log: Log) => {
  const embedded = config.MONGO_URL
    ? null
    : await startEmbeddedMongo({ dataDir: config.DATA_DIR, log: log.child({ part: 'embedded-mongo' }) })
  const client = new MongoClient(embedded?.url ?? config.MONGO_URL ?? '', {
    appName: 'jobtalk-admin',
    serverSelectionTimeoutMS: selectionTimeoutMs,
    connectTimeoutMS: selectionTimeoutMs,
    socketTimeoutMS: operationTimeoutMs,
    waitQueueTimeoutMS: operationTimeoutMs,
    maxPoolSize: 20,
    ignoreUndefined: true,
  })
  const close = async () => {
    await client.close()
    await embedded?.close()
  }
  try {
    await client.connect()
  } catch (error) {
    await close()
    throw error
  }
  const db = client.db(config.DB_NAME)
  return {
    db,
    engine: embedded ? ('embedded' as const) : ('mongodb' as const),
    ping: () => db.command({ ping: 1 }, { signal: AbortSignal.timeout(pingTimeoutMs) }),
    close,
  }
}

export type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>
