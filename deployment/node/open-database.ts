import { startEmbeddedMongo } from '../../shared/embedded-mongo/start-embedded-mongo.ts'
import type { Log } from '../../shared/log.ts'
import type { Config } from '../../shared/node/config.ts'
import { connectMongo } from '../../shared/node/mongo/connect-mongo.ts'

/** Connects to `MONGO_URL`, or starts the embedded engine in `DATA_DIR` and connects to that. */
export const openDatabase = async (config: Pick<Config, 'MONGO_URL' | 'DB_NAME' | 'DATA_DIR'>, log: Log) => {
  if (config.MONGO_URL) return { engine: 'mongodb' as const, ...(await connectMongo(config.MONGO_URL, config.DB_NAME)) }
  const embedded = await startEmbeddedMongo({ dataDir: config.DATA_DIR, log: log.child({ part: 'embedded-mongo' }) })
  try {
    const database = await connectMongo(embedded.url, config.DB_NAME)
    const close = async () => {
      await database.close()
      await embedded.close()
    }
    return { engine: 'embedded' as const, ...database, close }
  } catch (error) {
    await embedded.close()
    throw error
  }
}
