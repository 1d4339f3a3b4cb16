import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createUserStore, type UserDoc, type UserStore, userIndexes } from './users.ts'

const ada = { _id: 'u1', username: 'Ada', role: 'ADMIN', passwordHash: 'hash 1', createdAt: at(0), updatedAt: at(0) } as const

describe.each(testDatabases)('users on the $name', ({ open }) => {
  let database: TestDatabase
  let users: UserStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [userIndexes])
    users = createUserStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('users').deleteMany({}))

  test('a new user is stored with version 1 of the password', async () => {
    expect(await users.isEmpty()).toBe(true)
    expect(await users.insert(ada)).toBe(true)
    expect(await users.isEmpty()).toBe(false)
    expect(await users.find('u1')).toEqual({ ...ada, usernameKey: 'ada', passwordVersion: 1 })
    expect(await users.find('u2')).toBeNull()
  })

  test('a name is found and is taken whatever its case, width and the spaces around it', async () => {
    await users.insert(ada)
    expect(await users.findByUsername(' ＡDA ')).toMatchObject({ _id: 'u1', username: 'Ada' })
    expect(await users.findByUsername('ad')).toBeNull()
    expect(await users.insert({ ...ada, _id: 'u2', username: 'aDA ' })).toBe(false)
    expect(await users.find('u2')).toBeNull()
    expect(await users.find('u1')).toMatchObject({ username: 'Ada' })
  })

  test('of 20 processes that make the first user at once one does', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => users.insert({ ...ada, _id: `u${i}` })))
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await database.db.collection('users').countDocuments()).toBe(1)
  })

  test('a new hash of the same password is kept, unless the password changed meanwhile', async () => {
    await users.insert(ada)
    await users.rehash('u1', 'hash 1', 'hash 2')
    await users.rehash('u1', 'hash 1', 'hash 3')
    expect(await users.find('u1')).toMatchObject({ passwordHash: 'hash 2', passwordVersion: 1, updatedAt: at(0) })
  })

  test('a password changes once per version', async () => {
    await users.insert(ada)
    const change = (hash: string) => users.changePassword('u1', 1, { passwordHash: hash, at: at(5) })
    const changed = await Promise.all(Array.from({ length: 20 }, (_, i) => change(`new ${i}`)))
    expect(changed.filter(Boolean)).toHaveLength(1)
    const stored = { passwordHash: `new ${changed.indexOf(true)}`, passwordVersion: 2, updatedAt: at(5), createdAt: at(0) }
    expect(await users.find('u1')).toMatchObject(stored)
    expect(await users.changePassword('nobody', 1, { passwordHash: 'x', at: at(5) })).toBe(false)
  })

  describe('an admin', () => {
    const ben = { ...ada, _id: 'u2', username: 'Ben' } as const
    const demote = (id: string, adminClaim: string) => users.change(id, { role: 'ADMIN', adminClaim }, { role: 'VIEWER', at: at(5) })
    beforeEach(() => users.insert(ada))

    test('who is the last one is not claimed', async () => {
      expect(await users.claimAdmins('u1', 'claim 1')).toBe('last')
      await users.insert({ ...ben, role: 'VIEWER' })
      expect(await users.claimAdmins('u1', 'claim 2')).toBe('last')
      expect(await users.claimAdmins('u2', 'claim 3')).toBe('claimed')
    })

    test('is demoted or removed only under the newest claim', async () => {
      await users.insert(ben)
      expect(await users.claimAdmins('u1', 'claim 1')).toBe('claimed')
      expect(await users.claimAdmins('u2', 'claim 2')).toBe('claimed')
      expect(await demote('u1', 'claim 1')).toBeNull()
      expect(await users.remove('u1', { role: 'ADMIN', adminClaim: 'claim 1' })).toBe(false)
      expect(await demote('u2', 'claim 2')).toMatchObject({ username: 'Ben', role: 'VIEWER', updatedAt: at(5) })
      expect(await users.claimAdmins('u1', 'claim 3')).toBe('last')
    })

    test('a claim that another one overwrote in part gets nothing', async () => {
      await users.insert(ben)
      await database.db.collection<UserDoc>('users').updateMany({}, { $set: { adminClaim: 'claim 1' } })
      await users.claimAdmins('u1', 'claim 2')
      await database.db.collection<UserDoc>('users').updateOne({ _id: 'u1' }, { $set: { adminClaim: 'claim 1' } })
      expect(await demote('u1', 'claim 2')).toBeNull()
      expect(await demote('u2', 'claim 1')).toBeNull()
    })
  })

  test('a change sets what it was given, and a new password has a new version', async () => {
    await users.insert({ ...ada, role: 'VIEWER' })
    const change = (to: { role: 'ADMIN' | 'VIEWER'; passwordHash?: string; at: Date }) => users.change('u1', { role: 'VIEWER' }, to)
    expect(await change({ role: 'VIEWER', passwordHash: 'hash 2', at: at(3) })).toMatchObject({
      passwordHash: 'hash 2',
      passwordVersion: 2,
      updatedAt: at(3),
    })
    expect(await change({ role: 'ADMIN', at: at(4) })).toMatchObject({ role: 'ADMIN', passwordHash: 'hash 2', passwordVersion: 2 })
    expect(await change({ role: 'ADMIN', at: at(5) })).toBeNull()
  })

  test('the last sign-in is the latest, in whatever order they are written', async () => {
    await users.insert(ada)
    for (const minute of [2, 5, 3]) await users.signedIn('u1', at(minute))
    expect(await users.list()).toMatchObject([{ username: 'Ada', lastSignInAt: at(5) }])
  })
})
