import type { Db } from 'mongodb'
import type { Snapshot } from '../../../snapshot/snapshot.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'
import type { CaptureFailure } from './partners.ts'

/** What one capture left: a snapshot, or a gap with its reason. */
export type CaptureDoc = { _id: string; partnerId: string; snapshotTime: Date; expiresAt: Date } & (
  | ({ ok: true } & Snapshot)
  | ({ ok: false } & CaptureFailure)
)

export const snapshotIndexes: CollectionIndexes = {
  collection: 'dashboard_snapshots',
  indexes: [
    { key: { partnerId: 1, snapshotTime: -1 }, name: 'partner_newest' },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

/** The raw captures, gaps included. */
export const createSnapshotStore = (db: Db) => {
  const captures = db.collection<CaptureDoc>('dashboard_snapshots')
  return {
    /** `false`: this capture is already stored. */
    insert: async (doc: CaptureDoc): Promise<boolean> => {
      try {
        await captures.insertOne(doc)
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** Oldest first, `from` included, `to` not; the first `limit` of them, all when it is 0. */
    range: (partnerId: string, from: Date, to: Date, limit = 0) =>
      captures
        .find({ partnerId, snapshotTime: { $gte: from, $lt: to } })
        .sort({ snapshotTime: 1 })
        .limit(limit)
        .toArray(),
    latest: (partnerId: string) => captures.findOne({ partnerId }, { sort: { snapshotTime: -1 } }),
    removeOf: (partnerId: string) => captures.deleteMany({ partnerId }),
  }
}

export type SnapshotStore = ReturnType<typeof createSnapshotStore>
