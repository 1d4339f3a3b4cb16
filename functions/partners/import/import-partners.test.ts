import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../../shared/http/app-env.ts'
import { newId } from '../../../shared/node/ids.ts'
import type { Partner } from '../../../shared/partner/partner-schema.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from '../partners-under-test.ts'
import type { ImportResult } from '../schema.ts'
import { importPartners } from './import-partners.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const importJson = (rows: unknown, query = '') => site.request(`/import${query}`, { body: rows })
const importCsv = (text: string) => site.request('/import', { text, type: 'text/csv' })
const named = (partnerName: string) => ({ ...newPartner, partnerName })

test('creates all rows and says which row became which partner', async () => {
  const response = await importJson([named('Acme'), named('Globex')])
  expect(response.status).toBe(200)
  const result = (await response.json()) as ImportResult
  const [acme, globex] = await site.list()
  expect(result).toEqual({
    dryRun: false,
    rows: 2,
    created: [
      { row: 1, id: acme?.id, partnerName: 'Acme' },
      { row: 2, id: globex?.id, partnerName: 'Globex' },
    ],
    errors: [],
  })
  expect(acme).toMatchObject({ db: { hasPassword: true }, ssh: { hasPassword: true } })
})

describe('an export', () => {
  const names = [
    'a "quoted" name',
    'commas, semicolons; tabs\tin it',
    'two\nlines',
    'two\rlines',
    '=1+1',
    "'=1",
    "''=1",
    '-x',
    '@z',
    '+44 20',
    "'; --",
    'ÜNÏCÖDÉ 漢字 🚀',
    'trailing,',
  ]
  const known = ({ id: _, version: __, createdAt: ___, updatedAt: ____, ...partner }: Partner) => partner

  const createAll = async () => {
    for (const partnerName of names) await site.create({ partnerName })
    const { password: _, ...ssh } = newPartner.ssh
    await site.create({ partnerName: 'No SSH', ssh: undefined, db: { ...newPartner.db, password: undefined }, isActive: false })
    await site.create({ partnerName: 'SSH is off', ssh: { ...ssh, enabled: false, port: 2222 }, timezone: 'Asia/Kolkata', tenantId: 3 })
    await site.create({
      partnerName: 'Typed pin',
      ssh: { ...newPartner.ssh, hostKeySha256: `ecdsa-sha2-nistp256 ${newPartner.ssh.hostKeySha256}` },
    })
    await site.create({
      partnerName: 'First use',
      ssh: { ...newPartner.ssh, hostKeySha256: undefined, trustOnFirstUse: true },
      pauseNonPriorityCampaigns: true,
    })
    return site.list()
  }
  const deleteAll = async (partners: readonly Partner[]) => {
    for (const { id } of partners) await site.request(`/${id}`, { method: 'DELETE' })
    expect(await site.list()).toEqual([])
  }

  test('as JSON gives the same partners when its secrets are filled in and it is imported', async () => {
    const before = await createAll()
    const exported = (await (await site.request('/export')).json()) as { db: object; ssh: { enabled: boolean } }[]
    await deleteAll(before)
    const filled = exported.map((row, index) => ({
      ...row,
      db: { ...row.db, ...(before[index]?.db.hasPassword && { password: 'db-secret-1' }) },
      ssh: { ...row.ssh, ...(row.ssh.enabled && { password: 'ssh-secret-1' }) },
    }))
    expect((await importJson(filled)).status).toBe(200)
    expect((await site.list()).map(known)).toEqual(before.map(known))
  })

  test('as CSV gives the same partners when its secrets are filled in and it is imported', async () => {
    const before = await createAll()
    const response = await site.request('/export?format=csv')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="partners.csv"')
    const text = await response.text()
    await deleteAll(before)
    const filled = text
      .replaceAll(/(,reader,)(,true,[^,]*,22,ops,),,/g, '$1db-secret-1$2ssh-secret-1,,')
      .replace(/(,reader,)(,false,acme)/, '$1db-secret-1$2')
    const imported = await importCsv(filled)
    expect([imported.status, await imported.text()]).toEqual([200, expect.any(String)])
    expect((await site.list()).map(known)).toEqual(before.map(known))
  })

  test('asks for the secrets that it left out when it is imported as it is', async () => {
    await site.create()
    const [exported] = (await (await site.request('/export')).json()) as Record<string, unknown>[]
    expect(await refusalOf(await importJson([{ ...exported, partnerName: 'Globex' }]))).toMatchObject({ paths: ['1.ssh.privateKey'] })
  })

  test('of nothing is an empty list, and a header alone as CSV', async () => {
    expect(await (await site.request('/export')).json()).toEqual([])
    expect(await (await site.request('/export?format=csv')).text()).toMatch(/^partnerName,tenantId,[\w.,]+\r\n$/)
  })

  test('in an unknown format is refused', async () => {
    expect(await refusalOf(await site.request('/export?format=xml'))).toMatchObject({ status: 422, paths: ['format'] })
  })
})

describe('the number of rows', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => named(`Partner ${index}`))

  test('goes up to 1,000, which fit in the body limit', async () => {
    const rows = many(1_000)
    expect(JSON.stringify(rows).length).toBeLessThan(500_000)
    const response = await importJson(rows)
    expect(((await response.json()) as ImportResult).created).toHaveLength(1_000)
    expect(await site.list()).toHaveLength(1_000)
    expect(await site.audited()).toHaveLength(1_000)
  })

  test.each([
    ['none', 0],
    ['1,001', 1_001],
  ])('is refused when there are %s', async (_, count) => {
    expect(await refusalOf(await importJson(many(count)))).toMatchObject({ status: 422 })
    expect(await site.list()).toEqual([])
  })
})

describe('rows at fault', () => {
  const rows = [
    named('Acme'),
    { ...named('Globex'), priority: 0, db: { ...newPartner.db, port: 'x' } },
    named('ACME '),
    named('Exists'),
    { ...named('Initech'), ssh: { ...newPartner.ssh, colour: 'red' } },
    null,
  ]
  const faults = ['2.db.port', '2.priority', '3.partnerName', '4.partnerName', '5.ssh.colour', '6']

  test('are named with their fields, and nothing is imported', async () => {
    const existing = await site.create({ partnerName: 'exists' })
    const { status, paths } = await refusalOf(await importJson(rows))
    expect([status, paths.sort()]).toEqual([422, faults])
    expect(await site.list()).toEqual([existing])
    expect(site.notified.count).toBe(1)
  })

  test('are those whose texts hold half a character, too', async () => {
    const { status, paths } = await refusalOf(
      await importJson([named('Acme'), { ...named('Globex'), db: { ...newPartner.db, password: 'x\ud800' } }]),
    )
    expect([status, paths]).toEqual([422, ['2.db.password']])
  })

  test('are listed by a dry run, which imports nothing', async () => {
    await site.create({ partnerName: 'exists' })
    const response = await importJson(rows, '?dryRun=true')
    expect(response.status).toBe(200)
    const result = (await response.json()) as ImportResult
    expect(result).toMatchObject({ dryRun: true, rows: 6, created: [] })
    expect(result.errors.map(({ row, path }) => `${row}.${path}`.replace(/\.$/, '')).sort()).toEqual(faults)
    expect(result.errors.find(({ row }) => row === 3)?.message).toContain('Row 1')
    expect(await site.list()).toHaveLength(1)
  })

  test('do not keep a dry run of good rows from saying so, which imports nothing either', async () => {
    const response = await importJson([named('Acme')], '?dryRun=true')
    expect(await response.json()).toEqual({ dryRun: true, rows: 1, created: [], errors: [] })
    expect(await site.list()).toEqual([])
    expect(await site.audited()).toEqual([])
  })
})

test('imports nothing when one of its names is taken between the check and the writing', async () => {
  const namesIn = async (keys: readonly string[]) => {
    const taken = await site.partners.namesIn(keys)
    await site.create({ partnerName: 'Globex' })
    return taken
  }
  const deps = {
    partners: { namesIn, insertAll: site.partners.insertAll },
    sealer: site.sealer,
    audit: { record: async () => expect.unreachable() },
    checkPrivateKey: async () => null,
    changed: () => expect.unreachable(),
    newId,
    now: () => new Date(site.clock.ms),
  }
  const ada: Actor = { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' }
  const rows = ['Acme', 'Globex', 'Initech'].map(named)
  await expect(importPartners(deps, ada, rows, { dryRun: false })).rejects.toMatchObject({ code: 'conflict' })
  expect((await site.list()).map(({ partnerName }) => partnerName)).toEqual(['Globex'])
})

test.each(['{"partnerName":"Acme"}', '"text"', '5', 'null'])('refuses JSON that is no list: %s', async (text) => {
  expect(await refusalOf(await site.request('/import', { text }))).toMatchObject({ status: 422 })
})
