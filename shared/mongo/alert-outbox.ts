import type { Db } from 'mongodb'
import type { AlertEvent } from '../alert-state.ts'
import type { CollectionIndexes } from './ensure-indexes.ts'
import { isDuplicateKey } from './is-duplicate-key.ts'

/** One thing to tell one channel. `messageId` is set before the first try: the rows that share it are always sent together. */
export type OutboxRow = {
  _id: string
  channelId: string
  alertId: string
  partnerId: string | null
  partnerName: string | null
  event: AlertEvent
  state: 'pending' | 'sent' | 'dead'
  createdAt: Date
  messageId: string | null
  attempts: number
  lastCode: string | null
  endedAt: Date | null
  expiresAt?: Date
}

export const alertOutboxIndexes: CollectionIndexes = {
  collection: 'alert_outbox',
  indexes: [
    { key: { channelId: 1, state: 1, createdAt: 1, _id: 1 }, name: 'channel_pending' },
    { key: { state: 1, createdAt: 1 }, name: 'state_oldest' },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

const endedRetentionMs = 180 * 86_400_000

/** What waits to be told, one row per event and channel. */
export const createAlertOutbox = (db: Db) => {
  const rows = db.collection<OutboxRow>('alert_outbox')
  return {
    /** Adding the same row again changes nothing. */
    add: async (row: OutboxRow): Promise<void> => {
      try {
        await rows.insertOne(row)
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    },
    channelsWaiting: async (): Promise<string[]> => rows.distinct('channelId', { state: 'pending' }),
    /** Oldest first. */
    pending: (channelId: string, limit: number) =>
      rows.find({ channelId, state: 'pending' }).sort({ createdAt: 1, _id: 1 }).limit(limit).toArray(),
    assign: async (ids: readonly string[], messageId: string): Promise<void> => {
      await rows.updateMany({ _id: { $in: [...ids] }, messageId: null }, { $set: { messageId } })
    },
    retry: async (ids: readonly string[], code: string): Promise<void> => {
      await rows.updateMany({ _id: { $in: [...ids] }, state: 'pending' }, { $set: { lastCode: code }, $inc: { attempts: 1 } })
    },
    end: async (ids: readonly string[], state: 'sent' | 'dead', code: string, at: Date): Promise<void> => {
      const expiresAt = new Date(at.getTime() + endedRetentionMs)
      await rows.updateMany(
        { _id: { $in: [...ids] }, state: 'pending' },
        { $set: { state, lastCode: code, endedAt: at, expiresAt }, $inc: { attempts: 1 } },
      )
    },
    /** Makes a dead row wait again, as a message of its own. */
    revive: async (id: string, at: Date): Promise<boolean> =>
      (
        await rows.updateOne(
          { _id: id, state: 'dead' },
          { $set: { state: 'pending', createdAt: at, messageId: null, endedAt: null }, $unset: { expiresAt: '' } },
        )
      ).matchedCount === 1,
    page: (filter: { state?: OutboxRow['state']; before?: string }, limit: number) =>
      rows
        .find({ ...(filter.state && { state: filter.state }), ...(filter.before && { _id: { $lt: filter.before } }) })
        .sort({ _id: -1 })
        .limit(limit)
        .toArray(),
    depth: () => rows.countDocuments({ state: 'pending' }),
    oldest: () => rows.findOne({ state: 'pending' }, { sort: { createdAt: 1 } }),
  }
}

export type AlertOutbox = ReturnType<typeof createAlertOutbox>
