import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../deployment/testing/test-databases.ts'
import { allIndexes, ensureAllIndexes } from './create-stores.ts'
import { ensureIndexes } from './ensure-indexes.ts'

describe.each(testDatabases)('indexes on the $name', ({ open }) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  const indexesOf = async (collection: string) => (await database.db.collection(collection).indexes()).filter(({ name }) => name !== '_id_')

  test('are created as declared, each once however often a process starts, several at a time', async () => {
    await Promise.all([ensureAllIndexes(database.db), ensureAllIndexes(database.db)])
    await ensureAllIndexes(database.db)
    for (const { collection, indexes } of allIndexes) {
      const found = await indexesOf(collection)
      expect(found).toHaveLength(indexes.length)
      for (const index of indexes) {
        const created = found.find(({ name }) => name === index.name)
        expect(created).toMatchObject(index)
        expect(Object.entries(created?.key ?? {})).toEqual(Object.entries(index.key))
      }
    }
  })

  test('keep names, hashes, buckets and open alerts unique', async () => {
    await ensureAllIndexes(database.db)
    const unique: string[] = []
    for (const { collection } of allIndexes)
      for (const index of await indexesOf(collection)) if (index.unique) unique.push(`${collection}.${Object.keys(index.key).join('+')}`)
    expect(unique).toEqual([
      'users.usernameKey',
      'sessions.familyHash',
      'service_tokens.hash',
      'service_tokens.nameKey',
      'partner_configs.nameKey',
      'snapshot_rollups.partnerId+resolution+bucket',
      'alert_logs.subjectId+ruleId',
      'alert_channels.nameKey',
    ])
  })

  test('end whatever grows at its own time', async () => {
    await ensureAllIndexes(database.db)
    const ending: Record<string, number> = {}
    for (const { collection } of allIndexes)
      for (const { key, expireAfterSeconds } of await indexesOf(collection))
        if (expireAfterSeconds !== undefined) {
          expect(key).toEqual({ expiresAt: 1 })
          ending[collection] = expireAfterSeconds
        }
    expect(ending).toEqual({
      sessions: 0,
      service_tokens: 30 * 86_400,
      login_attempts: 0,
      dashboard_snapshots: 0,
      snapshot_rollups: 0,
      connection_logs: 0,
      alert_logs: 0,
      alert_outbox: 0,
    })
  })

  test('that cannot be built over what is stored are refused', async () => {
    await database.db.collection('twins').insertMany([{ name: 'a' }, { name: 'a' }])
    const twins = { collection: 'twins', indexes: [{ key: { name: 1 }, name: 'name', unique: true }] }
    await expect(ensureIndexes(database.db, [twins])).rejects.toMatchObject({ code: 11000 })
  })
})
