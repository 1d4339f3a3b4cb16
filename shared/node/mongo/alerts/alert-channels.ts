import type { Db, Document } from 'mongodb'
import type { FiringLevel } from '../../../snapshot/snapshot.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/** Where alerts go. Secrets (`url` of slack, `secret`, `routingKey`) are sealed envelopes. */
export type ChannelConfig =
  | { type: 'email'; to: string[] }
  | { type: 'slack'; url: string }
  | { type: 'webhook'; url: string; secret: string }
  | { type: 'pagerduty'; routingKey: string }

export type AlertChannelDoc = {
  _id: string
  name: string
  nameKey: string
  isActive: boolean
  levels: FiringLevel[]
  /** `null`: all partners and the fleet. */
  partnerIds: string[] | null
  /** Takes escalated alerts only. */
  isEscalation: boolean
  config: ChannelConfig
  /** Why the provider refused the last message for good; `null`: it did not. */
  problem: { at: Date; code: string; message: string } | null
  /** One process at a time sends to a channel, not before `nextSendAt`. `failures`: tries in a row that failed. */
  dispatch: { leasedUntil: Date; leaseId: string | null; nextSendAt: Date; failures: number }
  version: number
  createdAt: Date
  updatedAt: Date
}

export const alertChannelIndexes: CollectionIndexes = {
  collection: 'alert_channels',
  indexes: [{ key: { nameKey: 1 }, name: 'name', unique: true }],
}

const free = new Date(0)

export const createAlertChannelStore = (db: Db) => {
  const channels = db.collection<AlertChannelDoc>('alert_channels')
  return {
    list: () => channels.find().sort({ nameKey: 1 }).toArray(),
    find: (id: string) => channels.findOne({ _id: id }),
    /** `false`: another channel has the name. */
    insert: async (doc: AlertChannelDoc): Promise<boolean> => {
      try {
        await channels.insertOne(doc)
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** Sets fields when the stored version is still `version`. */
    update: async (id: string, version: number, fields: Partial<AlertChannelDoc> & Document): Promise<'ok' | 'stale' | 'conflict'> => {
      try {
        const { matchedCount } = await channels.updateOne({ _id: id, version }, { $set: fields, $inc: { version: 1 } })
        return matchedCount === 1 ? 'ok' : 'stale'
      } catch (error) {
        if (isDuplicateKey(error)) return 'conflict'
        throw error
      }
    },
    remove: async (id: string) => (await channels.deleteOne({ _id: id })).deletedCount === 1,
    /** Leases the right to send to a channel. `null`: another process has it, or it may not send yet. */
    lease: (id: string, lease: { id: string; now: Date; until: Date }) =>
      channels.findOneAndUpdate(
        { _id: id, 'dispatch.leasedUntil': { $lte: lease.now }, 'dispatch.nextSendAt': { $lte: lease.now } },
        { $set: { 'dispatch.leaseId': lease.id, 'dispatch.leasedUntil': lease.until } },
        { returnDocument: 'after' },
      ),
    /**
     * Frees leases beyond `latestLease`, and lets send `now` what would wait beyond `latestSend` though nothing failed, or beyond `latestRetry`
     * (`null`: no limit). Says how many channels.
     */
    repairDispatch: async (limits: { now: Date; latestLease: Date; latestSend: Date; latestRetry: Date | null }): Promise<number> => {
      const waits = [
        { 'dispatch.failures': 0, 'dispatch.nextSendAt': { $gt: limits.latestSend } },
        ...(limits.latestRetry ? [{ 'dispatch.nextSendAt': { $gt: limits.latestRetry } }] : []),
      ]
      const repaired = await channels.updateMany(
        { $or: [{ 'dispatch.leasedUntil': { $gt: limits.latestLease } }, ...waits] },
        { $set: { 'dispatch.leaseId': null, 'dispatch.leasedUntil': free, 'dispatch.nextSendAt': limits.now } },
      )
      return repaired.modifiedCount
    },
    /** Ends a lease. `problem`: undefined leaves it as it is. */
    release: async (
      id: string,
      leaseId: string,
      next: { nextSendAt?: Date; failures?: number; problem?: AlertChannelDoc['problem'] | undefined },
    ): Promise<void> => {
      await channels.updateOne(
        { _id: id, 'dispatch.leaseId': leaseId },
        {
          $set: {
            'dispatch.leaseId': null,
            'dispatch.leasedUntil': free,
            ...(next.nextSendAt && { 'dispatch.nextSendAt': next.nextSendAt }),
            ...(next.failures !== undefined && { 'dispatch.failures': next.failures }),
            ...(next.problem !== undefined && { problem: next.problem }),
          },
        },
      )
    },
  }
}

export type AlertChannelStore = ReturnType<typeof createAlertChannelStore>
