import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createServiceTokenStore, type ServiceTokenDoc, type ServiceTokenStore, serviceTokenIndexes } from './service-tokens.ts'

const token = (id: string, name: string, changes: Partial<ServiceTokenDoc> = {}): Omit<ServiceTokenDoc, 'nameKey'> => ({
  _id: id,
  name,
  prefix: 'jt_abc',
  hash: `hash of ${id}`,
  scopes: ['dashboard:read'],
  expiresAt: at(60),
  createdAt: at(0),
  createdBy: { id: 'u1', name: 'Ada' },
  lastUsedAt: null,
  ...changes,
})

describe.each(testDatabases)('service tokens on the $name', ({ open }) => {
  let database: TestDatabase
  let tokens: ServiceTokenStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [serviceTokenIndexes])
    tokens = createServiceTokenStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('service_tokens').deleteMany({}))

  test('a token is found by its hash', async () => {
    expect(await tokens.insert(token('t1', 'Nightly'))).toBe(true)
    expect(await tokens.findByHash('hash of t1')).toEqual({ ...token('t1', 'Nightly'), nameKey: 'nightly' })
    expect(await tokens.findByHash('hash of t2')).toBeNull()
  })

  test('tokens are listed by name, whatever the case', async () => {
    for (const name of ['beta', 'Alpha', 'Gamma']) await tokens.insert(token(name, name))
    expect((await tokens.list()).map(({ name }) => name)).toEqual(['Alpha', 'beta', 'Gamma'])
  })

  test('the name of a live token is taken', async () => {
    await tokens.insert(token('t1', 'Nightly'))
    expect(await tokens.insert(token('t2', 'NIGHTLY ', { createdAt: at(59) }))).toBe(false)
    expect((await tokens.list()).map(({ _id }) => _id)).toEqual(['t1'])
  })

  test('an expired token gives its name to the next', async () => {
    await tokens.insert(token('t1', 'Nightly'))
    expect(await tokens.insert(token('t2', 'nightly', { createdAt: at(60), expiresAt: at(120) }))).toBe(true)
    expect((await tokens.list()).map(({ _id }) => _id)).toEqual(['t2'])
    expect(await tokens.findByHash('hash of t1')).toBeNull()
  })

  test('of 20 tokens made at once with one name one is stored', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => tokens.insert(token(`t${i}`, 'Nightly'))))
    expect(made.filter(Boolean)).toHaveLength(1)
    expect((await tokens.list()).map(({ _id }) => _id)).toEqual([`t${made.indexOf(true)}`])
  })

  test('two tokens never share a hash', async () => {
    await tokens.insert(token('t1', 'one'))
    expect(await tokens.insert(token('t2', 'two', { hash: 'hash of t1' }))).toBe(false)
  })

  test('a revoked token is returned once and gone', async () => {
    await tokens.insert(token('t1', 'Nightly'))
    expect(await tokens.remove('t1')).toMatchObject({ _id: 't1', name: 'Nightly' })
    expect(await tokens.remove('t1')).toBeNull()
    expect(await tokens.findByHash('hash of t1')).toBeNull()
  })

  test('the last use never goes back, and a revoked token stays gone', async () => {
    await tokens.insert(token('t1', 'Nightly'))
    for (const minutes of [5, 9, 7]) await tokens.setLastUsed('t1', at(minutes))
    expect(await tokens.findByHash('hash of t1')).toMatchObject({ lastUsedAt: at(9) })
    await tokens.remove('t1')
    await tokens.setLastUsed('t1', at(10))
    expect(await tokens.list()).toEqual([])
  })
})
