import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at, partnerDoc } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createPartnerStore, type PartnerStore, partnerIndexes } from './partners.ts'

describe.each(testDatabases)('partners on the $name', ({ open }) => {
  let database: TestDatabase
  let partners: PartnerStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [partnerIndexes])
    partners = createPartnerStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('partner_configs').deleteMany({}))

  const names = async () => (await partners.list()).map(({ partnerName }) => partnerName)

  test('a partner is read back as it was stored', async () => {
    expect(await partners.insert(partnerDoc('Acme'))).toBe('ok')
    expect(await partners.find('Acme')).toEqual(partnerDoc('Acme'))
    expect(await partners.find('acme')).toBeNull()
  })

  test('a name is taken whatever its case, and the partner that has it stays', async () => {
    await partners.insert(partnerDoc('Acme'))
    expect(await partners.insert({ ...partnerDoc('ACME'), priority: 9 })).toBe('conflict')
    expect(await partners.list()).toEqual([partnerDoc('Acme')])
  })

  test('partners are listed by name, whatever the case, those that match when a filter is given', async () => {
    for (const name of ['beta', 'Alpha', 'Gamma']) await partners.insert(partnerDoc(name, { isActive: name !== 'beta' }))
    expect(await names()).toEqual(['Alpha', 'beta', 'Gamma'])
    expect((await partners.list({ isActive: true })).map(({ partnerName }) => partnerName)).toEqual(['Alpha', 'Gamma'])
    expect((await partners.activeIds()).toSorted()).toEqual(['Alpha', 'Gamma'])
  })

  test('the names that are taken are found among others', async () => {
    for (const name of ['Alpha', 'Beta']) await partners.insert(partnerDoc(name))
    expect(await partners.namesIn(['beta', 'gamma', 'alpha'])).toEqual(expect.arrayContaining(['alpha', 'beta']))
    expect(await partners.namesIn(['gamma', 'Alpha'])).toEqual([])
    expect(await partners.namesIn([])).toEqual([])
  })

  test('many partners are stored at once', async () => {
    const docs = Array.from({ length: 1_000 }, (_, i) => partnerDoc(`Partner ${String(i).padStart(4, '0')}`))
    expect(await partners.insertAll(docs)).toBe('ok')
    expect(await names()).toEqual(docs.map(({ partnerName }) => partnerName))
  })

  test.each([
    ['first', 0],
    ['in the middle', 2],
    ['last', 4],
  ])('none of many is stored when the name of the one %s is taken', async (_, taken) => {
    const docs = Array.from({ length: 5 }, (_each, i) => partnerDoc(`P${i}`))
    await partners.insert(partnerDoc(`p${taken}`))
    expect(await partners.insertAll(docs)).toBe('conflict')
    expect(await names()).toEqual([`p${taken}`])
  })

  test('none of many is stored when two of them share a name', async () => {
    expect(await partners.insertAll([partnerDoc('A'), partnerDoc('B'), partnerDoc('a'), partnerDoc('C')])).toBe('conflict')
    expect(await names()).toEqual([])
  })

  test('a change sets what it names, inside documents too, and counts the version', async () => {
    await partners.insert(partnerDoc('Acme'))
    expect(await partners.update('Acme', 1, { priority: 9, 'ssh.port': 2222, updatedAt: at(5) })).toBe('ok')
    const before = partnerDoc('Acme')
    expect(await partners.find('Acme')).toEqual({
      ...before,
      priority: 9,
      ssh: { ...before.ssh, port: 2222 },
      version: 2,
      updatedAt: at(5),
    })
  })

  test('a change of a stale version, or of a partner that is gone, writes nothing', async () => {
    await partners.insert(partnerDoc('Acme', { version: 3 }))
    for (const version of [2, 4]) expect(await partners.update('Acme', version, { priority: 9 })).toBe('stale')
    expect(await partners.update('Gone', 1, { priority: 9 })).toBe('stale')
    expect(await partners.list()).toEqual([partnerDoc('Acme', { version: 3 })])
  })

  test('a change to a name that is taken writes nothing', async () => {
    for (const name of ['Acme', 'Beta']) await partners.insert(partnerDoc(name))
    expect(await partners.update('Beta', 1, { partnerName: 'ACME', nameKey: 'acme', priority: 9 })).toBe('conflict')
    expect(await partners.find('Beta')).toEqual(partnerDoc('Beta'))
    expect(await partners.update('Beta', 1, { partnerName: 'BETA', nameKey: 'beta' })).toBe('ok')
  })

  test('of 20 changes that read one version one is written', async () => {
    await partners.insert(partnerDoc('Acme'))
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => partners.update('Acme', 1, { priority: 100 + i })))
    expect(results.toSorted()).toEqual(['ok', ...Array.from({ length: 19 }, () => 'stale')])
    expect(await partners.find('Acme')).toMatchObject({ priority: 100 + results.indexOf('ok'), version: 2 })
  })

  test('a partner is removed once', async () => {
    for (const name of ['Acme', 'Beta']) await partners.insert(partnerDoc(name))
    expect(await partners.remove('Acme')).toBe(true)
    expect(await partners.remove('Acme')).toBe(false)
    expect(await names()).toEqual(['Beta'])
  })
})
