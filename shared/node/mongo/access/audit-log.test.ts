import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import type { Doc } from '../../../embedded-mongo/bson/values.ts'
import { planQuery } from '../../../embedded-mongo/query/plan-query.ts'
import { parseSort } from '../../../embedded-mongo/query/sort-documents.ts'
import type { Index } from '../../../embedded-mongo/storage/index-definition.ts'
import { at } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { type AuditEntry, type AuditFilter, type AuditLog, auditLogIndexes, createAuditLog } from './audit-log.ts'

const change = {
  action: 'partner.update' as const,
  target: { collection: 'partner_configs', id: 'p1', name: 'Acme' },
  before: { priority: 4, ssh: { hostKey: null } },
  after: { priority: 5, ssh: { hostKey: { trustedAt: at(1) } } },
}

describe.each(testDatabases)('the audit log on the $name', ({ open }) => {
  let database: TestDatabase
  let log: AuditLog
  const entries = () => database.db.collection<AuditEntry>('audit_log').find().sort({ _id: 1 }).toArray()
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [auditLogIndexes])
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('audit_log').deleteMany({})
    let made = 0
    log = createAuditLog(database.db, { newId: () => `entry ${made++}`, now: () => at(7) })
  })

  test('an entry says who changed what, when, from what to what', async () => {
    await log.record({ ...change, actor: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' } })
    expect(await entries()).toEqual([{ ...change, _id: 'entry 0', at: at(7), actor: { kind: 'user', id: 'u1', name: 'Ada' } }])
  })

  test('a token and the system are actors of their own', async () => {
    await log.record({ ...change, actor: { kind: 'token', id: 't1', name: 'Nightly', scopes: ['partners:write'] } })
    await log.record({ ...change, before: null, after: null, actor: 'system' })
    expect(await entries()).toMatchObject([
      { actor: { kind: 'token', id: 't1', name: 'Nightly' } },
      { actor: { kind: 'system', id: 'system', name: 'system' }, before: null, after: null },
    ])
  })

  test('entries made at once are all kept', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => log.record({ ...change, after: { i }, actor: 'system' })))
    expect(new Set((await entries()).map(({ after }) => after?.['i'])).size).toBe(20)
  })
})

describe('a page of the audit log', () => {
  const indexOf = ({ key, name }: (typeof auditLogIndexes.indexes)[number]): Index => ({
    ...{ table: 'index', name: name ?? '', spec: { key }, fields: parseSort(key), unique: false, sparse: false, multikey: false },
    ...{ partial: undefined, covers: undefined, expireAfterSeconds: undefined },
  })
  const entry = { _id: 'e5', at: at(5) } as AuditEntry

  test.each<[AuditFilter, string]>([
    [{}, 'newest'],
    [{ from: at(1), to: at(9) }, 'newest'],
    [{ before: entry }, 'newest'],
    [{ actorId: 'u1', before: entry }, 'actor'],
    [{ action: 'partner.update', from: at(1) }, 'action'],
    [{ collection: 'users', to: at(9), before: entry }, 'collection'],
    [{ targetId: 'p1', before: entry }, 'target'],
    [{ actorId: 'u1', action: 'partner.update', before: entry }, 'actor_action'],
    [{ actorId: 'u1', collection: 'users', from: at(1) }, 'actor_collection'],
  ])('of %j is a range of one index in the order that is asked for, which needs no other entry', async (filter, index) => {
    const database = await openTestDatabase()
    const client = new MongoClient(database.url, { monitorCommands: true })
    const asked: { filter: Doc; sort: Map<string, 1 | -1> }[] = []
    client.on('commandStarted', ({ command }) => asked.push(command as (typeof asked)[number]))
    await createAuditLog(client.db(database.db.databaseName), { newId: () => '', now: () => at(0) }).page(filter, 50)
    await client.close()
    await database.close()
    const find = asked.find((command) => 'filter' in command)!
    const {
      index: chosen,
      ranges,
      sorted,
    } = planQuery(auditLogIndexes.indexes.map(indexOf), find.filter, parseSort(Object.fromEntries(find.sort)))
    expect({ index: chosen?.name, ranges: ranges.length, sorted }).toEqual({ index, ranges: 1, sorted: true })
  })
})
