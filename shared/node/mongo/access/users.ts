import type { Db } from 'mongodb'
import type { Role } from '../../../http/app-env.ts'
import { nameKey } from '../../../name-key.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

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
  lastSignInAt?: Date
  /** Of whoever last set out to take the role from an admin: see `claimAdmins`. */
  adminClaim?: string
}

/** What a change or a removal expects to find: the role that was read and, for an admin, the claim. */
type Expected = Pick<UserDoc, 'role' | 'adminClaim'>

export const userIndexes: CollectionIndexes = {
  collection: 'users',
  indexes: [{ key: { usernameKey: 1 }, name: 'username', unique: true }],
}

/** The users; their names are unique whatever the case. */
export const createUserStore = (db: Db) => {
  const users = db.collection<UserDoc>('users')
  return {
    isEmpty: async () => (await users.findOne({}, { projection: { _id: 1 } })) === null,
    list: () => users.find().sort({ usernameKey: 1 }).toArray(),
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
    signedIn: async (id: string, at: Date): Promise<void> => {
      await users.updateOne({ _id: id }, { $max: { lastSignInAt: at } })
    },
    /**
     * Marks every admin with a claim that nobody used before; an admin is demoted or removed only under that claim, so that of two processes
     * that take the role from two admins at once, the one whose marks were overwritten does nothing. `last`: there is no other admin;
     * `busy`: another claim came in between.
     */
    claimAdmins: async (id: string, claim: string): Promise<'claimed' | 'last' | 'busy'> => {
      const others = { role: 'ADMIN', _id: { $ne: id } } as const
      await users.updateMany({ role: 'ADMIN' }, { $set: { adminClaim: claim } })
      if ((await users.countDocuments({ ...others, adminClaim: claim })) > 0) return 'claimed'
      return (await users.countDocuments(others)) === 0 ? 'last' : 'busy'
    },
    /** Returns the changed user. `null`: the user is gone, or is not as expected any more; nothing was written. */
    change: (id: string, expected: Expected, to: { role: Role; passwordHash?: string; at: Date }): Promise<UserDoc | null> => {
      const { at, ...fields } = to
      return users.findOneAndUpdate(
        { _id: id, ...expected },
        { $set: { ...fields, updatedAt: at }, ...(fields.passwordHash !== undefined && { $inc: { passwordVersion: 1 } }) },
        { returnDocument: 'after' },
      )
    },
    /** `false`: the user is gone, or is not as expected any more; nothing was removed. */
    remove: async (id: string, expected: Expected): Promise<boolean> =>
      (await users.deleteOne({ _id: id, ...expected })).deletedCount === 1,
  }
}

export type UserStore = ReturnType<typeof createUserStore>
