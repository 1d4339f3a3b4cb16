import type { Db } from 'mongodb'
import type { Role } from '../http/app-env.ts'
import { nameKey } from '../name-key.ts'
import type { CollectionIndexes } from './ensure-indexes.ts'
import { isDuplicateKey } from './is-duplicate-key.ts'

/** Someone who signs in. `passwordVersion` grows by one when the password changes, not when the same one is hashed again. */
export type UserDoc = {
  _id: string
  username: string
  usernameKey: string
  role: Role
  passwordHash: string
  passwordVersion: number
  createdAt: Date
  updatedAt: Date
}

export const userIndexes: CollectionIndexes = {
  collection: 'users',
  indexes: [{ key: { usernameKey: 1 }, name: 'username', unique: true }],
}

/** The users; their names are unique whatever the case. */
export const createUserStore = (db: Db) => {
  const users = db.collection<UserDoc>('users')
  return {
    isEmpty: async () => (await users.findOne({}, { projection: { _id: 1 } })) === null,
    find: (id: string) => users.findOne({ _id: id }),
    findByUsername: (username: string) => users.findOne({ usernameKey: nameKey(username) }),
    /** `false`: the name is taken; nothing was written. */
    insert: async (user: Omit<UserDoc, 'usernameKey' | 'passwordVersion'>): Promise<boolean> => {
      try {
        await users.insertOne({ ...user, usernameKey: nameKey(user.username), passwordVersion: 1 })
        return true
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** Keeps a new hash of the same password, unless it changed meanwhile. */
    rehash: (id: string, from: string, to: string) => users.updateOne({ _id: id, passwordHash: from }, { $set: { passwordHash: to } }),
    /** `false`: the password changed since `version` was read; nothing was written. */
    changePassword: async (id: string, version: number, to: { passwordHash: string; at: Date }): Promise<boolean> =>
      (
        await users.updateOne(
          { _id: id, passwordVersion: version },
          { $set: { passwordHash: to.passwordHash, updatedAt: to.at }, $inc: { passwordVersion: 1 } },
        )
      ).matchedCount === 1,
  }
}

export type UserStore = ReturnType<typeof createUserStore>
