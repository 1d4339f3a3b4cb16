import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../testing/test-databases.ts'
import { at } from './docs-under-test.ts'
import { ensureIndexes } from './ensure-indexes.ts'
import { createUserStore, type UserStore, userIndexes } from './users.ts'

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
})
