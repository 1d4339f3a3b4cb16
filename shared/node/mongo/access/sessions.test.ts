import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createSessionStore, type SessionDoc, type SessionStore, sessionIndexes } from './sessions.ts'

const session = (id: string, changes: Partial<SessionDoc> = {}): SessionDoc => ({
  _id: id,
  userId: 'ada',
  familyHash: `family of ${id}`,
  secretHash: 'secret 1',
  spentHash: null,
  createdAt: at(0),
  lastUsedAt: at(0),
  expiresAt: at(60),
  address: '198.51.100.1',
  userAgent: null,
  ...changes,
})

const use = { lastUsedAt: at(9), address: '198.51.100.9', userAgent: 'curl' }

describe.each(testDatabases)('sessions on the $name', ({ open }) => {
  let database: TestDatabase
  let sessions: SessionStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [sessionIndexes])
    sessions = createSessionStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('sessions').deleteMany({}))

  test('a session is found by its id and by its family', async () => {
    await sessions.insert(session('s1'))
    expect(await sessions.find('s1')).toEqual(session('s1'))
    expect(await sessions.findByFamily('family of s1')).toEqual(session('s1'))
    expect(await sessions.find('s2')).toBeNull()
    expect(await sessions.findByFamily('secret 1')).toBeNull()
  })

  test('two sessions never share a family', async () => {
    await sessions.insert(session('s1'))
    await expect(sessions.insert(session('s2', { familyHash: 'family of s1' }))).rejects.toMatchObject({ code: 11000 })
  })

  test('a user sees their own live sessions, the last used first', async () => {
    await sessions.insert(session('old', { lastUsedAt: at(1) }))
    await sessions.insert(session('new', { lastUsedAt: at(3) }))
    await sessions.insert(session('over', { lastUsedAt: at(2), expiresAt: at(5) }))
    await sessions.insert(session('other', { userId: 'eve' }))
    const listed = async (now: Date) => (await sessions.listByUser('ada', now)).map(({ _id }) => _id)
    expect(await listed(at(4))).toEqual(['new', 'over', 'old'])
    expect(await listed(at(5))).toEqual(['new', 'old'])
  })

  test('the live sessions are counted by user, and all of a user end together', async () => {
    for (const id of ['s1', 's2', 'over']) await sessions.insert(session(id, id === 'over' ? { expiresAt: at(5) } : {}))
    await sessions.insert(session('other', { userId: 'eve' }))
    expect(await sessions.countByUser(at(5))).toEqual(
      new Map([
        ['ada', 2],
        ['eve', 1],
      ]),
    )
    await sessions.endAll('ada')
    expect(await sessions.countByUser(at(0))).toEqual(new Map([['eve', 1]]))
  })

  test('of 20 refreshes with one secret one is exchanged, and its secret is spent', async () => {
    await sessions.insert(session('s1'))
    const rotated = await Promise.all(Array.from({ length: 20 }, (_, i) => sessions.rotate('s1', 'secret 1', `secret of ${i}`, use)))
    expect(rotated.filter(Boolean)).toHaveLength(1)
    expect(await sessions.find('s1')).toEqual(
      session('s1', { ...use, secretHash: `secret of ${rotated.indexOf(true)}`, spentHash: 'secret 1' }),
    )
  })

  test('an ended session is not refreshed', async () => {
    expect(await sessions.rotate('s1', 'secret 1', 'secret 2', use)).toBe(false)
    expect(await sessions.find('s1')).toBeNull()
  })

  test('a session ends for its own user only, and once', async () => {
    await sessions.insert(session('s1'))
    expect(await sessions.end('s1', 'eve')).toBe(false)
    expect(await sessions.find('s1')).not.toBeNull()
    expect(await sessions.end('s1', 'ada')).toBe(true)
    expect(await sessions.end('s1', 'ada')).toBe(false)
    expect(await sessions.find('s1')).toBeNull()
  })

  test('ending a family ends no other session', async () => {
    await sessions.insert(session('s1'))
    await sessions.insert(session('s2'))
    await sessions.endFamily('family of s1')
    expect((await sessions.listByUser('ada', at(0))).map(({ _id }) => _id)).toEqual(['s2'])
  })

  test('ending the others keeps one session, and those of other users', async () => {
    for (const id of ['s1', 's2', 's3']) await sessions.insert(session(id))
    await sessions.insert(session('s4', { userId: 'eve' }))
    await sessions.endOthers('ada', 's2')
    expect((await sessions.listByUser('ada', at(0))).map(({ _id }) => _id)).toEqual(['s2'])
    expect(await sessions.find('s4')).not.toBeNull()
  })
})
