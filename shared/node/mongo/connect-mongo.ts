import { MongoClient, type MongoClientOptions } from 'mongodb'

const selectionTimeoutMs = 10_000
const operationTimeoutMs = 30_000
const pingTimeoutMs = 3_000
const probeWriteTimeoutMs = 5_000
/** A write of some pages, as a capture's are: a full disk may still have room for the smallest. */
const padding = 'x'.repeat(16_384)

/**
 * Connects to a MongoDB server, or to the embedded engine at its URL. `ping` fails when the database does not answer within 3 s, `probeWrite`
 * when it does not take a write within 5 s.
 */
export const connectMongo = async (
  url: string,
  dbName: string,
  options: Pick<MongoClientOptions, 'maxPoolSize' | 'serverMonitoringMode'> = {},
) => {
  const client = new MongoClient(url, {
    appName: 'jobtalk-admin',
    serverSelectionTimeoutMS: selectionTimeoutMs,
    connectTimeoutMS: selectionTimeoutMs,
    socketTimeoutMS: operationTimeoutMs,
    waitQueueTimeoutMS: operationTimeoutMs,
    maxPoolSize: 20,
    ignoreUndefined: true,
    ...options,
  })
  try {
    await client.connect()
  } catch (error) {
    await client.close()
    throw error
  }
  const db = client.db(dbName)
  return {
    db,
    // The driver ends a command in time by its signal alone, and tells every error of this one.
    probeWrite: () =>
      db.command(
        {
          findAndModify: 'write_probes',
          query: { _id: 'probe' },
          update: { $set: { at: new Date(), padding } },
          fields: { _id: 1 },
          upsert: true,
        },
        { signal: AbortSignal.timeout(probeWriteTimeoutMs) },
      ),
    ping: () => db.command({ ping: 1 }, { signal: AbortSignal.timeout(pingTimeoutMs) }),
    close: () => client.close(),
  }
}
