import type { Db } from 'mongodb'
import type { Scope } from '../../../http/app-env.ts'
import { nameKey } from '../../../name-key.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/** A token of another service: its SHA-256 hash, and a prefix by which people recognise it. */
export type ServiceTokenDoc = {
  _id: string
  name: string
  nameKey: string
  prefix: string
  hash: string
  scopes: Scope[]
  expiresAt: Date
  createdAt: Date
  createdBy: { id: string; name: string }
  lastUsedAt: Date | null
}

/** An expired token stays listed for 30 days. */
export const serviceTokenIndexes: CollectionIndexes = {
  collection: 'service_tokens',
  indexes: [
    { key: { hash: 1 }, name: 'hash', unique: true },
    { key: { nameKey: 1 }, name: 'name', unique: true },
    { key: { expiresAt: 1 }, name: 'expired', expireAfterSeconds: 2_592_000 },
  ],
}

/** The service tokens. A revoked one is gone; an expired one gives its name to the next. */
export const createServiceTokenStore = (db: Db) => {
  const tokens = db.collection<ServiceTokenDoc>('service_tokens')
  return {
    list: () => tokens.find().sort({ nameKey: 1 }).toArray(),
    /** `false`: a live token has the name; nothing was written. */
    insert: async (token: Omit<ServiceTokenDoc, 'nameKey'>): Promise<boolean> => {
      const key = nameKey(token.name)
      await tokens.deleteOne({ nameKey: key, expiresAt: { $lte: token.createdAt } })
      try {
        await tokens.insertOne({ ...token, nameKey: key })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** Removes the token and returns it. `null`: there is none. */
    remove: (id: string) => tokens.findOneAndDelete({ _id: id }),
    findByHash: (hash: string) => tokens.findOne({ hash }),
    setLastUsed: async (id: string, lastUsedAt: Date): Promise<void> => {
      await tokens.updateOne({ _id: id }, { $max: { lastUsedAt } })
    },
  }
}

export type ServiceTokenStore = ReturnType<typeof createServiceTokenStore>
