import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createLoginAttemptStore, type LoginAttemptStore, loginAttemptIndexes } from './login-attempts.ts'

const counter = (failures: number) => ({ failures, lastAt: at(failures) })

describe.each(testDatabases)('login attempts on the $name', ({ open }) => {
  let database: TestDatabase
  let attempts: LoginAttemptStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [loginAttemptIndexes])
    attempts = createLoginAttemptStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('login_attempts').deleteMany({}))

  test('a counter begins, grows and is read back', async () => {
    expect(await attempts.find('k')).toBeNull()
    expect(await attempts.exchange('k', null, counter(1), at(60))).toBe(true)
    expect(await attempts.find('k')).toEqual(counter(1))
    expect(await attempts.exchange('k', counter(1), counter(2), at(61))).toBe(true)
    expect(await attempts.find('k')).toEqual(counter(2))
    expect(await database.db.collection('login_attempts').findOne({})).toMatchObject({ expiresAt: at(61) })
  })

  test('a counter that is not what was read stays as it is', async () => {
    await attempts.exchange('k', null, counter(2), at(60))
    expect(await attempts.exchange('k', null, counter(9), at(60))).toBe(false)
    expect(await attempts.exchange('k', counter(1), counter(9), at(60))).toBe(false)
    expect(await attempts.exchange('k', { failures: 2, lastAt: at(1) }, counter(9), at(60))).toBe(false)
    expect(await attempts.exchange('other', counter(2), counter(9), at(60))).toBe(false)
    expect(await attempts.find('k')).toEqual(counter(2))
    expect(await attempts.find('other')).toBeNull()
  })

  test.each([
    ['none', null],
    ['one failure', counter(1)],
  ])('of 20 attempts that read %s one counts', async (_, from) => {
    if (from) await attempts.exchange('k', null, from, at(60))
    const counted = await Promise.all(Array.from({ length: 20 }, (_, i) => attempts.exchange('k', from, counter(2 + i), at(60))))
    expect(counted.filter(Boolean)).toHaveLength(1)
    expect(await attempts.find('k')).toEqual(counter(2 + counted.indexOf(true)))
  })

  test('an attempt is taken back, and never below none', async () => {
    await attempts.exchange('k', null, counter(1), at(60))
    for (let i = 0; i < 2; i++) await attempts.refund('k')
    expect(await attempts.find('k')).toEqual({ failures: 0, lastAt: at(1) })
    await attempts.refund('nobody')
    expect(await attempts.find('nobody')).toBeNull()
  })

  test('a cleared counter is gone, others stay', async () => {
    await attempts.exchange('k', null, counter(1), at(60))
    await attempts.exchange('other', null, counter(1), at(60))
    await attempts.clear('k')
    expect(await attempts.find('k')).toBeNull()
    expect(await attempts.find('other')).toEqual(counter(1))
  })

  test('an address is known until its mark ends, and each mark makes it longer', async () => {
    expect(await attempts.isMarked('k', at(0))).toBe(false)
    await attempts.mark('k', at(10))
    expect(await attempts.isMarked('k', at(9))).toBe(true)
    expect(await attempts.isMarked('k', at(10))).toBe(false)
    await attempts.mark('k', at(20))
    expect(await attempts.isMarked('k', at(10))).toBe(true)
  })

  test('a mark is no counter', async () => {
    await attempts.mark('k', at(10))
    expect(await attempts.find('k')).toBeNull()
    await attempts.refund('k')
    expect(await attempts.find('k')).toBeNull()
  })
})
