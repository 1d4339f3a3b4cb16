import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import type { TrendPoint } from '../../../snapshot/trend.ts'
import { at, partnerDoc, snapshotOf } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createPartnerStore, type PartnerDoc, type PartnerStore, partnerIndexes } from './partners.ts'

const lease = (id: string, now = 0) => ({ id, now: at(now), until: at(now + 2) })
const due = (minute: number) => ({ schedule: { dueAt: at(minute), leasedUntil: new Date(0), leaseId: null } })
const refused = { reason: 'refused', stage: 'ssh-connect', message: 'Nothing listens there.', at: at(7) }

describe.each(testDatabases)('leases of partners on the $name', ({ open }) => {
  let database: TestDatabase
  let partners: PartnerStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [partnerIndexes])
    partners = createPartnerStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('partner_configs').deleteMany({}))

  const stored = async (id = 'Acme'): Promise<PartnerDoc> => (await partners.find(id)) ?? expect.fail(`${id} is gone`)

  test('a claimed partner is leased until the time given', async () => {
    await partners.insert(partnerDoc('Acme'))
    const claimed = await partners.claimDue(lease('l1'))
    expect(claimed).toMatchObject({
      _id: 'Acme',
      schedule: { dueAt: at(0), leasedUntil: at(2), leaseId: 'l1' },
      sync: { status: 'IN_PROGRESS' },
    })
    expect(await stored()).toEqual(claimed)
  })

  test('the partner due the longest is claimed first; one not due or not active never', async () => {
    for (const minute of [3, 1, 2, 6]) await partners.insert(partnerDoc(`P${minute}`, due(minute)))
    await partners.insert(partnerDoc('Off', { ...due(0), isActive: false }))
    const claimed: (string | undefined)[] = []
    for (const id of ['l1', 'l2', 'l3', 'l4']) claimed.push((await partners.claimDue(lease(id, 5)))?._id)
    expect(claimed).toEqual(['P1', 'P2', 'P3', undefined])
    expect((await partners.claimDue(lease('l5', 6)))?._id).toBe('P6')
  })

  test('20 claimers in two processes share the partners that are due and never hold one twice', async () => {
    const stores = [partners, createPartnerStore(database.db)] as const
    await partners.insertAll(Array.from({ length: 15 }, (_, i) => partnerDoc(`P${i}`, due(i % 3))))
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2 ? 1 : 0].claimDue(lease(`l${i}`, 5))))
    const held = claims.flatMap((claim, i) => (claim ? [[claim._id, `l${i}`] as const] : []))
    expect(new Set(held.map(([id]) => id)).size).toBe(15)
    expect(held).toHaveLength(15)
    for (const [id, leaseId] of held) expect((await stored(id)).schedule.leaseId).toBe(leaseId)
  })

  test('a partner is claimed by its id, due or not, active or not, by one of 20', async () => {
    await partners.insert(partnerDoc('Acme', { ...due(900), isActive: false }))
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => partners.claim('Acme', lease(`l${i}`))))
    expect(claims.filter(Boolean)).toHaveLength(1)
    const winner = claims.findIndex(Boolean)
    expect(claims[winner]?.schedule).toEqual({ dueAt: at(900), leasedUntil: at(2), leaseId: `l${winner}` })
    expect(await stored()).toEqual(claims[winner])
    expect(await partners.claim('Gone', lease('l1'))).toBeNull()
  })

  test('a lease that ran out passes to the next, and its first holder can write nothing more', async () => {
    await partners.insert(partnerDoc('Acme'))
    await partners.claimDue(lease('dead'))
    expect(await partners.claimDue(lease('l2', 1))).toBeNull()
    expect(await partners.claim('Acme', lease('l2', 1))).toBeNull()
    expect(await partners.claimDue(lease('l2', 2))).toMatchObject({ _id: 'Acme' })
    const before = await stored()
    expect(await partners.succeed('Acme', 'dead', snapshotOf(1, at(2)), { dueAt: at(9), trend: [], concurrencyLimit: 99 })).toBe(false)
    expect(await partners.fail('Acme', 'dead', refused, { dueAt: at(9), trend: [] })).toBe(false)
    expect(await partners.release('Acme', 'dead', 'FAILED')).toBe(false)
    expect(await stored()).toEqual(before)
  })

  test('a lease ends with its snapshot', async () => {
    const before = {
      ...partnerDoc('Acme'),
      sync: { status: 'FAILED', lastSyncAt: null, lastError: refused, consecutiveFailures: 2 },
    } as const
    await partners.insert(before)
    await partners.claim('Acme', lease('l1'))
    const snapshot = snapshotOf(12.5, at(1))
    const trend: TrendPoint[] = [[at(1).getTime() / 1000, 12.5]]
    expect(await partners.succeed('Acme', 'l1', snapshot, { dueAt: at(9), trend, certificateEndsAt: at(99) })).toBe(true)
    expect(await stored()).toEqual({
      ...before,
      ...due(9),
      latest: snapshot,
      sync: { status: 'SUCCESS', lastSyncAt: at(1), lastError: null, consecutiveFailures: 0, certificateEndsAt: at(99) },
      trend,
    })
    expect(await partners.succeed('Acme', 'l1', snapshot, { dueAt: at(9), trend })).toBe(false)
  })

  test('the record follows the limit that the partner’s own database states', async () => {
    await partners.insert(partnerDoc('Acme'))
    await partners.claim('Acme', lease('l1'))
    await partners.succeed('Acme', 'l1', snapshotOf(1, at(1)), { dueAt: at(9), trend: [], concurrencyLimit: 0 })
    expect(await stored()).toMatchObject({ concurrencyLimit: 0, version: 1 })
  })

  test('a lease that ends with a gap keeps the last snapshot and counts the failure', async () => {
    await partners.insert(partnerDoc('Acme'))
    await partners.claim('Acme', lease('l1'))
    await partners.succeed('Acme', 'l1', snapshotOf(3, at(1)), { dueAt: at(2), trend: [] })
    for (const failures of [1, 2]) {
      await partners.claim('Acme', lease(`f${failures}`, 5))
      expect(await partners.fail('Acme', `f${failures}`, refused, { dueAt: at(9), trend: [[failures, null]] })).toBe(true)
      expect(await stored()).toMatchObject({
        ...due(9),
        latest: snapshotOf(3, at(1)),
        sync: { status: 'FAILED', lastSyncAt: at(1), lastError: refused, consecutiveFailures: failures },
      })
    }
    expect((await stored()).trend).toEqual([[2, null]])
  })

  test('a lease given back leaves the partner due at once, as it was', async () => {
    await partners.insert(partnerDoc('Acme', { ...due(3), trend: [[1, 1]] }))
    await partners.claim('Acme', lease('l1', 5))
    expect(await partners.release('Acme', 'l1', 'NEVER_SYNCED')).toBe(true)
    expect(await stored()).toEqual(partnerDoc('Acme', { ...due(3), trend: [[1, 1]] }))
    expect(await partners.claimDue(lease('l2', 5))).toMatchObject({ _id: 'Acme' })
  })

  test('hastening brings forward what is due later and delays nothing', async () => {
    for (const minute of [1, 60]) await partners.insert(partnerDoc(`P${minute}`, due(minute)))
    await partners.hasten(at(10))
    expect((await stored('P1')).schedule).toEqual(due(1).schedule)
    expect((await stored('P60')).schedule).toEqual(due(10).schedule)
  })
})
