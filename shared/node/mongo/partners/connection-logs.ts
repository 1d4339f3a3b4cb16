import type { Db } from 'mongodb'
import type { Hop } from '../../../reach/reach-error.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'

/** One attempt to reach a partner. `partnerId` is `null` for a probe of a configuration that was not saved. */
export type ConnectionLogDoc = {
  _id: string
  partnerId: string | null
  kind: 'probe' | 'capture'
  at: Date
  by: string
  ok: boolean
  reason: string | null
  stage: string | null
  message: string
  responseTimeMs: number
  stages: { stage: string; hop?: Hop | undefined; ok: boolean; ms: number }[]
  hostKey: { type: string; sha256: string } | null
  expiresAt: Date
}

export const connectionLogIndexes: CollectionIndexes = {
  collection: 'connection_logs',
  indexes: [
    { key: { partnerId: 1, _id: -1 }, name: 'partner_newest' },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

/** The attempts to reach partners, newest first. Ids sort by time. */
export const createConnectionLogStore = (db: Db) => {
  const logs = db.collection<ConnectionLogDoc>('connection_logs')
  return {
    insert: async (doc: ConnectionLogDoc): Promise<void> => {
      await logs.insertOne(doc)
    },
    page: (partnerId: string, options: { limit: number; before?: string | undefined }) =>
      logs
        .find({ partnerId, ...(options.before && { _id: { $lt: options.before } }) })
        .sort({ _id: -1 })
        .limit(options.limit)
        .toArray(),
    clear: async (partnerId: string): Promise<number> => (await logs.deleteMany({ partnerId })).deletedCount,
  }
}

export type ConnectionLogStore = ReturnType<typeof createConnectionLogStore>
