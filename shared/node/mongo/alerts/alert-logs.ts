import type { Db, Filter } from 'mongodb'
import type { AlertEvent, OpenAlert } from '../../../alert/alert-state.ts'
import type { FiringLevel } from '../../../snapshot/snapshot.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

export type DeliveryRecord = {
  rowId: string
  channelId: string
  channelName: string
  at: Date
  outcome: 'sent' | 'retried' | 'dead'
  code: string
  message: string
}

/** What an alert is about. `partnerId` and `partnerName` are `null` for the fleet; the name is the one at the alert's last event. */
export type AlertSubject = { subjectId: string; partnerId: string | null; partnerName: string | null }

/** One alert's life. `expiresAt` is set when it resolves. */
export type AlertLogDoc = Omit<OpenAlert, 'id' | 'events' | 'notifiedAt' | 'lastNotifiedAt'> &
  AlertSubject & {
    _id: string
    state: 'firing' | 'resolved'
    resolvedAt: Date | null
    events: Pick<AlertEvent, 'n' | 'type' | 'at' | 'by' | 'note'>[]
    deliveries: DeliveryRecord[]
    expiresAt?: Date
  }

export type FiringAlertDoc = Omit<AlertLogDoc, 'events' | 'deliveries'>

export const alertLogIndexes: CollectionIndexes = {
  collection: 'alert_logs',
  indexes: [
    { key: { subjectId: 1, ruleId: 1 }, name: 'one_open', unique: true, partialFilterExpression: { state: 'firing' } },
    { key: { state: 1, _id: -1 }, name: 'state_newest' },
    { key: { state: 1, level: 1, _id: -1 }, name: 'state_severest' },
    { key: { partnerId: 1, _id: -1 }, name: 'partner_newest' },
    { key: { level: 1, _id: -1 }, name: 'level_newest' },
    { key: { firedAt: -1 }, name: 'fired' },
    { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
  ],
}

/** Which alerts to read. `dismissedAt`: those that fire and are dismissed at that time. `before` is the id of the last one that was read. */
export type AlertLogFilter = {
  state?: AlertLogDoc['state'] | undefined
  dismissedAt?: Date | undefined
  partnerId?: string | undefined
  level?: FiringLevel | undefined
  from?: Date | undefined
  to?: Date | undefined
  before?: string | undefined
}

const conditionsOf = ({ state, dismissedAt, partnerId, level, from, to, before }: AlertLogFilter): Filter<AlertLogDoc> => ({
  ...(state && { state }),
  ...(dismissedAt && { state: 'firing', 'dismissed.until': { $gt: dismissedAt } }),
  ...(partnerId && { partnerId }),
  ...(level && { level }),
  ...((from || to) && { firedAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
  ...(before && { _id: { $lt: before } }),
})

const resolvedRetentionMs = 180 * 86_400_000
const keptDeliveries = 100

/** The alerts that fire and those that resolved in the last 180 days. Ids sort by the time of firing. */
export const createAlertLogStore = (db: Db) => {
  const logs = db.collection<AlertLogDoc>('alert_logs')
  return {
    /**
     * Brings an alert to what an event made of it, making the alert when it is new, and keeps the event but for repeats, of which an alert may
     * have any number. Recording an event again, or after a later one, changes nothing.
     */
    record: async (subject: AlertSubject, event: AlertEvent): Promise<void> => {
      const { id, events: _, notifiedAt: __, lastNotifiedAt: ___, resolvedAt, ...alert } = event.alert
      const { n, type, at, by, note } = event
      const expiresAt = resolvedAt && new Date(resolvedAt.getTime() + resolvedRetentionMs)
      try {
        await logs.updateOne(
          { _id: id, events: { $not: { $elemMatch: { n: { $gte: n } } } } },
          {
            $set: {
              ...alert,
              ...subject,
              resolvedAt,
              state: resolvedAt ? 'resolved' : 'firing',
              ...(expiresAt && { expiresAt }),
            },
            ...(type !== 'repeated' && { $push: { events: { n, type, at, by, note } } }),
            $setOnInsert: { deliveries: [] },
          },
          { upsert: true },
        )
      } catch (error) {
        if (!isDuplicateKey(error) || !(await logs.findOne({ _id: id, 'events.n': { $gte: n } }))) throw error
      }
    },
    /** Adds tries of delivery to their alerts, in order. */
    delivered: async (tries: readonly { alertId: string; record: DeliveryRecord }[]): Promise<void> => {
      await logs.bulkWrite(
        tries.map(({ alertId, record }) => ({
          updateOne: { filter: { _id: alertId }, update: { $push: { deliveries: { $each: [record], $slice: -keptDeliveries } } } },
        })),
      )
    },
    find: (id: string) => logs.findOne({ _id: id }),
    /** Newest first. */
    page: (filter: AlertLogFilter, limit: number) => logs.find(conditionsOf(filter)).sort({ _id: -1 }).limit(limit).toArray(),
    /** Those that fire, without their history: the most severe first, of these the newest. The names of the levels sort by severity. */
    severest: (limit: number) =>
      logs
        .find({ state: 'firing' })
        .project<FiringAlertDoc>({ events: 0, deliveries: 0 })
        .sort({ level: 1, _id: -1 })
        .limit(limit)
        .toArray(),
    countFiring: (filter: Pick<AlertLogFilter, 'level' | 'partnerId'> = {}) =>
      logs.countDocuments(conditionsOf({ ...filter, state: 'firing' })),
  }
}

export type AlertLogStore = ReturnType<typeof createAlertLogStore>
