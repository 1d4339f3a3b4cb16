import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../testing/test-databases.ts'
import { type AuditEntry, type AuditLog, auditLogIndexes, createAuditLog } from './audit-log.ts'
import { at } from './docs-under-test.ts'
import { ensureIndexes } from './ensure-indexes.ts'

const change = {
  action: 'partner.update',
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
