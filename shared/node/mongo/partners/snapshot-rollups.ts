import type { AnyBulkWriteOperation, Db } from 'mongodb'
import { type RollupResolution, rollupSeconds } from '../../../snapshot/rollup.ts'
import { type MetricName, metricNames, type Snapshot } from '../../../snapshot/snapshot.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'

/** `sum / captures` is the average. */
export type MetricRollup = { min: number; max: number; sum: number; last: number }

/** The captures of one partner in one bucket. Without a capture that worked there are no `metrics`. */
export type RollupDoc = {
  _id: string
  partnerId: string
  resolution: RollupResolution
  bucket: Date
  captures: number
  gaps: number
  lastGapReason?: string
  metrics?: Record<MetricName, MetricRollup>
  expiresAt: Date
}

export const snapshotRollupIndexes: CollectionIndexes = {
  collection: 'snapshot_rollups',
  indexes: [
    { key: { partnerId: 1, resolution: 1, bucket: 1 }, name: 'bucket', unique: true },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

const perMetric = (operand: string, snapshot: Snapshot) =>
  Object.fromEntries(metricNames.map((name) => [`metrics.${name}.${operand}`, snapshot[name]]))

const changes = (outcome: { snapshot: Snapshot } | { gapReason: string }) =>
  'snapshot' in outcome
    ? {
        $min: perMetric('min', outcome.snapshot),
        $max: perMetric('max', outcome.snapshot),
        $inc: { captures: 1, gaps: 0, ...perMetric('sum', outcome.snapshot) },
        $set: perMetric('last', outcome.snapshot),
      }
    : { $inc: { captures: 0, gaps: 1 }, $set: { lastGapReason: outcome.gapReason } }

/** The rollups: each capture is added to its bucket of every resolution as it is stored. */
export const createSnapshotRollupStore = (db: Db) => {
  const rollups = db.collection<RollupDoc>('snapshot_rollups')
  return {
    add: async (
      partnerId: string,
      at: Date,
      outcome: { snapshot: Snapshot } | { gapReason: string },
      retentionDays: Record<RollupResolution, number>,
    ): Promise<void> => {
      const writes = Object.entries(rollupSeconds).map(([name, seconds]): AnyBulkWriteOperation<RollupDoc> => {
        const resolution = name as RollupResolution
        const bucket = new Date(Math.floor(at.getTime() / (seconds * 1000)) * seconds * 1000)
        const { $set, ...rest } = changes(outcome)
        const expiresAt = new Date(bucket.getTime() + retentionDays[resolution] * 86_400_000)
        const _id = `${partnerId}:${resolution}:${bucket.getTime()}`
        return {
          updateOne: {
            filter: { _id },
            update: { ...rest, $set: { ...$set, expiresAt }, $setOnInsert: { partnerId, resolution, bucket } },
            upsert: true,
          },
        }
      })
      await rollups.bulkWrite(writes)
    },
    /** Oldest first, `from` included, `to` not. */
    range: (partnerId: string, resolution: RollupResolution, from: Date, to: Date) =>
      rollups
        .find({ partnerId, resolution, bucket: { $gte: from, $lt: to } })
        .sort({ bucket: 1 })
        .toArray(),
    removeOf: (partnerId: string) => rollups.deleteMany({ partnerId }),
  }
}

export type SnapshotRollupStore = ReturnType<typeof createSnapshotRollupStore>
