import type { Db } from 'mongodb'
import type { AlertEvent } from '../../../alert/alert-state.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/**
 * One thing to tell one channel. `_id`: the alert's, the event's number and the channel's, so that an alert's rows sort as they happened,
 * which their times may not. `messageId` and
 * `begunAt` are set before the first try: the rows that share a message are always sent together.
 */
export type OutboxRow = {
  _id: string
  channelId: string
  channelName: string
  alertId: string
  partnerId: string | null
  partnerName: string | null
  event: AlertEvent
  state: 'pending' | 'sent' | 'dead'
  createdAt: Date
  messageId: string | null
  begunAt: Date | null
  attempts: number
  lastCode: string | null
  endedAt: Date | null
  expiresAt?: Date
}

export const alertOutboxIndexes: CollectionIndexes = {
  collection: 'alert_outbox',
  indexes: [
    { key: { channelId: 1, state: 1, _id: 1 }, name: 'channel_waiting' },
    { key: { createdAt: -1, _id: -1 }, name: 'newest' },
    { key: { state: 1, createdAt: -1, _id: -1 }, name: 'state_newest' },
    { key: { channelId: 1, createdAt: -1, _id: -1 }, name: 'channel_newest' },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

const endedRetentionMs = 180 * 86_400_000

type OutboxFilter = {
  state?: OutboxRow['state'] | undefined
  channelId?: string | undefined
  alertId?: string | undefined
  before?: string | undefined
}

/** The ids of an alert's rows: they begin with its own. */
const idsOf = (alertId: string) => ({ $gte: `${alertId}:`, $lt: `${alertId};` })

/** What waits to be sent, one row per event and channel. */
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
    /** The channels that got an alert, or will get it. */
    channelsNotified: async (alertId: string): Promise<string[]> => rows.distinct('channelId', { _id: idsOf(alertId) }),
    channelsWaiting: async (): Promise<string[]> => rows.distinct('channelId', { state: 'pending' }),
    /**
     * The rows of a channel's next message: of one that was begun, all of them as they were; else up to `limit` that wait, which become the
     * message `id`, begun at `at`. Two processes that do it at once get the same message.
     */
    nextMessage: async (channelId: string, { id: messageId, at }: { id: string; at: Date }, limit: number): Promise<OutboxRow[]> => {
      const waiting = { channelId, state: 'pending' } as const
      const findBegun = () => rows.findOne({ ...waiting, messageId: { $ne: null } }, { sort: { _id: 1 } })
      const beginMessage = async () => {
        const next = await rows.find(waiting).sort({ _id: 1 }).limit(limit).toArray()
        await rows.updateMany(
          { _id: { $in: next.map(({ _id }) => _id) }, state: 'pending', messageId: null },
          { $set: { messageId, begunAt: at } },
        )
        return findBegun()
      }
      const begun = (await findBegun()) ?? (await beginMessage())
      return begun
        ? rows
            .find({ ...waiting, messageId: begun.messageId })
            .sort({ _id: 1 })
            .toArray()
        : []
    },
    waitingFor: (channelId: string, limit: number) => rows.find({ channelId, state: 'pending' }).sort({ _id: 1 }).limit(limit).toArray(),
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
    /**
     * Makes a dead row wait again, in a message of its own, with what its channel has got about the alert since, so that a resolution does not
     * stay ahead of its firing. `busy`: something of that is being sent. `missing`: there is no such dead row.
     */
    revive: async (id: string, at: Date): Promise<'ok' | 'busy' | 'missing'> => {
      const row = await rows.findOne({ _id: id, state: 'dead' })
      if (!row) return 'missing'
      const since = { channelId: row.channelId, _id: { ...idsOf(row.alertId), $gte: id } }
      if (await rows.findOne({ ...since, state: 'pending', messageId: { $ne: null } })) return 'busy'
      await rows.updateMany(
        { ...since, state: { $ne: 'pending' } },
        { $set: { state: 'pending', createdAt: at, messageId: null, begunAt: null, endedAt: null }, $unset: { expiresAt: '' } },
      )
      return 'ok'
    },
    /** Newest first; `before` is the last row of the page before. */
    page: async ({ state, channelId, alertId, before }: OutboxFilter, limit: number): Promise<OutboxRow[]> => {
      const last = before === undefined ? null : await rows.findOne({ _id: before })
      if (before !== undefined && !last) return []
      return rows
        .find({
          ...(state && { state }),
          ...(channelId && { channelId }),
          ...(alertId && { _id: idsOf(alertId) }),
          ...(last && { createdAt: { $lte: last.createdAt }, $or: [{ createdAt: { $lt: last.createdAt } }, { _id: { $lt: last._id } }] }),
        })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit)
        .toArray()
    },
    depth: (signal?: AbortSignal) => rows.countDocuments({ state: 'pending' }, { signal }),
    oldest: (signal?: AbortSignal) => rows.findOne({ state: 'pending' }, { sort: { createdAt: 1 }, signal }),
  }
}

export type AlertOutbox = ReturnType<typeof createAlertOutbox>
