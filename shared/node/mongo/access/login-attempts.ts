import type { Db } from 'mongodb'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/** How many attempts to sign in failed, or have not ended yet, and when the last one began. */
export type AttemptCounter = { failures: number; lastAt: Date }

/** A counter, or (without one) the mark of an address that an account has signed in from. The id is a hash: what was typed is not stored. */
type AttemptDoc = Partial<AttemptCounter> & { _id: string; expiresAt: Date }

export const loginAttemptIndexes: CollectionIndexes = {
  collection: 'login_attempts',
  indexes: [{ key: { expiresAt: 1 }, name: 'expired', expireAfterSeconds: 0 }],
}

/** What is remembered of attempts to sign in, across processes and restarts. */
export const createLoginAttemptStore = (db: Db) => {
  const attempts = db.collection<AttemptDoc>('login_attempts')
  return {
    find: async (key: string): Promise<AttemptCounter | null> => {
      const found = await attempts.findOne({ _id: key })
      return found?.failures !== undefined && found.lastAt ? { failures: found.failures, lastAt: found.lastAt } : null
    },
    /** Writes `to` when the counter still is `from`. `false`: it is not; nothing was written. */
    exchange: async (key: string, from: AttemptCounter | null, to: AttemptCounter, expiresAt: Date): Promise<boolean> => {
      if (from) return (await attempts.updateOne({ _id: key, ...from }, { $set: { ...to, expiresAt } })).matchedCount === 1
      try {
        await attempts.insertOne({ _id: key, ...to, expiresAt })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** Takes one attempt back. */
    refund: async (key: string): Promise<void> => {
      await attempts.updateOne({ _id: key, failures: { $gt: 0 } }, { $inc: { failures: -1 } })
    },
    clear: async (key: string): Promise<void> => {
      await attempts.deleteOne({ _id: key })
    },
    mark: async (key: string, expiresAt: Date): Promise<void> => {
      await attempts.updateOne({ _id: key }, { $set: { expiresAt } }, { upsert: true })
    },
    isMarked: async (key: string, now: Date): Promise<boolean> => (await attempts.findOne({ _id: key, expiresAt: { $gt: now } })) !== null,
  }
}

export type LoginAttemptStore = ReturnType<typeof createLoginAttemptStore>
