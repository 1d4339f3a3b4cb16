import type { Db } from 'mongodb'
import type { CollectionIndexes } from '../ensure-indexes.ts'

/**
 * One sign-in. A refresh token is `<family>.<secret>`: the family names the session for life, the secret changes with each refresh.
 * Only their SHA-256 hashes are stored.
 */
export type SessionDoc = {
  _id: string
  userId: string
  familyHash: string
  secretHash: string
  /** The secret before the current one. */
  spentHash: string | null
  createdAt: Date
  /** When the secret last changed. */
  lastUsedAt: Date
  expiresAt: Date
  address: string
  userAgent: string | null
}

export const sessionIndexes: CollectionIndexes = {
  collection: 'sessions',
  indexes: [
    { key: { familyHash: 1 }, name: 'family', unique: true },
    { key: { userId: 1, lastUsedAt: -1 }, name: 'user_newest' },
    { key: { expiresAt: 1 }, name: 'expired', expireAfterSeconds: 0 },
  ],
}

/** The sessions. An ended one is gone. */
export const createSessionStore = (db: Db) => {
  const sessions = db.collection<SessionDoc>('sessions')
  return {
    insert: async (session: SessionDoc): Promise<void> => {
      await sessions.insertOne(session)
    },
    find: (id: string) => sessions.findOne({ _id: id }),
    findByFamily: (familyHash: string) => sessions.findOne({ familyHash }),
    listByUser: (userId: string, now: Date) =>
      sessions
        .find({ userId, expiresAt: { $gt: now } })
        .sort({ lastUsedAt: -1 })
        .toArray(),
    /** Exchanges the current secret. `false`: `from` is not current, or the session ended; nothing was written. */
    rotate: async (
      id: string,
      from: string,
      to: string,
      use: { lastUsedAt: Date; address: string; userAgent: string | null },
    ): Promise<boolean> =>
      (await sessions.updateOne({ _id: id, secretHash: from }, { $set: { ...use, secretHash: to, spentHash: from } })).matchedCount === 1,
    /** `false`: the user has no such session. */
    end: async (id: string, userId: string): Promise<boolean> => (await sessions.deleteOne({ _id: id, userId })).deletedCount === 1,
    endFamily: async (familyHash: string): Promise<void> => {
      await sessions.deleteOne({ familyHash })
    },
    /** How many sessions each user has; those who have none are left out. */
    countByUser: async (now: Date): Promise<Map<string, number>> => {
      const counts = await sessions
        .aggregate<{ _id: string; sessions: number }>([
          { $match: { expiresAt: { $gt: now } } },
          { $group: { _id: '$userId', sessions: { $sum: 1 } } },
        ])
        .toArray()
      return new Map(counts.map((count) => [count._id, count.sessions]))
    },
    endAll: async (userId: string): Promise<void> => {
      await sessions.deleteMany({ userId })
    },
    /** Ends the user's sessions but `keptId`. */
    endOthers: async (userId: string, keptId: string): Promise<void> => {
      await sessions.deleteMany({ userId, _id: { $ne: keptId } })
    },
  }
}

export type SessionStore = ReturnType<typeof createSessionStore>
