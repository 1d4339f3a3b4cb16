import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type ConnectionLogDoc, type ConnectionLogStore, connectionLogIndexes, createConnectionLogStore } from './connection-logs.ts'

const attempt = (id: string, partnerId: string | null): ConnectionLogDoc => ({
  _id: id,
  partnerId,
  kind: 'probe',
  at: at(0),
  by: 'Ada',
  ok: false,
  reason: 'ssh-auth',
  stage: 'ssh-auth',
  message: 'The server refused the key.',
  responseTimeMs: 120,
  stages: [{ stage: 'ssh-connect', ok: true, ms: 12 }],
  hostKey: { type: 'ssh-ed25519', sha256: 'SHA256:abc' },
  expiresAt: at(60),
})

let made = 0
const nextId = (): string => String(made++).padStart(5, '0')

describe.each(testDatabases)('connection logs on the $name', ({ open }) => {
  let database: TestDatabase
  let logs: ConnectionLogStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [connectionLogIndexes])
    logs = createConnectionLogStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('connection_logs').deleteMany({}))

  const pageIds = async (options: { limit: number; before?: string | undefined }) => (await logs.page('p1', options)).map(({ _id }) => _id)

  test('an attempt is read back as it was', async () => {
    await logs.insert(attempt('1', 'p1'))
    expect(await logs.page('p1', { limit: 10 })).toEqual([attempt('1', 'p1')])
    expect(await logs.page('p2', { limit: 10 })).toEqual([])
  })

  test('pages go from the newest to the oldest without overlap or loss, whatever is added meanwhile', async () => {
    const ids = Array.from({ length: 25 }, () => nextId())
    await Promise.all(ids.map((id) => logs.insert(attempt(id, 'p1'))))
    await Promise.all([logs.insert(attempt(nextId(), 'p2')), logs.insert(attempt(nextId(), null))])
    const pages: string[][] = []
    for (let before: string | undefined; ; ) {
      const page = await pageIds({ limit: 10, before })
      if (page.length === 0) break
      pages.push(page)
      before = page.at(-1)
      await logs.insert(attempt(nextId(), 'p1'))
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5])
    expect(pages.flat()).toEqual(ids.toReversed())
  })

  test('clearing takes one partner’s attempts and says how many', async () => {
    for (const id of ['1', '2', '3']) await logs.insert(attempt(id, id === '3' ? 'p2' : 'p1'))
    await logs.insert(attempt('4', null))
    expect(await logs.clear('p1')).toBe(2)
    expect(await logs.clear('p1')).toBe(0)
    const kept = database.db.collection<ConnectionLogDoc>('connection_logs').find().sort({ _id: 1 })
    expect((await kept.toArray()).map(({ _id }) => _id)).toEqual(['3', '4'])
  })
})
