import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at, partnerDoc } from '../docs-under-test.ts'
import { ensureIndexes } from '../ensure-indexes.ts'
import { createPartnerStore, type PartnerDoc, type PartnerStore, partnerIndexes, type SshLoginDoc } from './partners.ts'

const address = { host: 'acme.example', port: 22 }
const moved = [
  { host: 'other.example', port: 22 },
  { host: 'acme.example', port: 2222 },
]
const key = { type: 'ssh-ed25519', sha256: 'SHA256:first' }
const trusted = { ...key, trustedAt: at(5), trustedBy: 'Ada' }

const withSsh = (changes: Partial<PartnerDoc['ssh']>): PartnerDoc => {
  const doc = partnerDoc('Acme')
  return { ...doc, ssh: { ...doc.ssh, ...changes } }
}

describe.each(testDatabases)('host keys of partners on the $name', ({ open }) => {
  let database: TestDatabase
  let partners: PartnerStore
  beforeAll(async () => {
    database = await open()
    await ensureIndexes(database.db, [partnerIndexes])
    partners = createPartnerStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('partner_configs').deleteMany({}))

  test('a trusted key replaces the one before, ends the waiting one, and makes the partner due', async () => {
    const before = withSsh({ hostKey: { ...trusted, sha256: 'SHA256:old' }, presentedHostKey: key, trustOnFirstUse: true })
    await partners.insert(before)
    expect(await partners.trustHostKey('Acme', address, trusted, at(6))).toBe(true)
    expect(await partners.find('Acme')).toEqual({
      ...withSsh({ hostKey: trusted }),
      schedule: { ...before.schedule, dueAt: at(6) },
      version: 2,
      updatedAt: at(5),
    })
  })

  test('no key is trusted, kept or taken first from an address that the partner no longer has', async () => {
    const before = withSsh({ trustOnFirstUse: true })
    await partners.insert(before)
    for (const other of moved) {
      expect(await partners.trustHostKey('Acme', other, trusted, at(6))).toBe(false)
      expect(await partners.trustFirstKey('Acme', other, trusted)).toBe(false)
      await partners.presentHostKey('Acme', other, key)
    }
    expect(await partners.trustHostKey('Gone', address, trusted, at(6))).toBe(false)
    expect(await partners.list()).toEqual([before])
  })

  test('a key that was refused waits beside the one that is trusted, and the version stays', async () => {
    await partners.insert(withSsh({ hostKey: trusted }))
    const refused = { type: 'ssh-rsa', sha256: 'SHA256:second', blob: 'not stored' }
    await partners.presentHostKey('Acme', address, refused)
    expect(await partners.find('Acme')).toEqual(
      withSsh({ hostKey: trusted, presentedHostKey: { type: 'ssh-rsa', sha256: 'SHA256:second' } }),
    )
  })

  test('of 20 first keys one is trusted', async () => {
    await partners.insert(withSsh({ trustOnFirstUse: true, presentedHostKey: key }))
    const seen = Array.from({ length: 20 }, (_, i) => ({ ...trusted, sha256: `SHA256:${i}` }))
    const results = await Promise.all(seen.map((hostKey) => partners.trustFirstKey('Acme', address, hostKey)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await partners.find('Acme')).toEqual(withSsh({ hostKey: seen[results.indexOf(true)] ?? null }))
  })

  test.each([
    ['was not created to trust it', withSsh({})],
    ['has a key already', withSsh({ hostKey: { ...trusted, sha256: 'SHA256:pinned' }, trustOnFirstUse: true })],
  ])('the first key of a partner that %s is not trusted', async (_, before) => {
    await partners.insert(before)
    expect(await partners.trustFirstKey('Acme', address, trusted)).toBe(false)
    expect(await partners.find('Acme')).toEqual(before)
  })

  test('a key that was pinned by its fingerprint alone gets its type, another key does not', async () => {
    const pinned = { ...trusted, type: 'unknown' }
    await partners.insert(withSsh({ hostKey: pinned }))
    await partners.nameHostKeyType('Acme', { type: 'ssh-rsa', sha256: 'SHA256:second' })
    expect(await partners.find('Acme')).toEqual(withSsh({ hostKey: pinned }))
    await partners.nameHostKeyType('Acme', key)
    expect(await partners.find('Acme')).toEqual(withSsh({ hostKey: trusted }))
  })

  describe('of a hop', () => {
    const withHops = (changes: Partial<SshLoginDoc> = {}, hops = ['one.example', 'two.example']) => {
      const { enabled: _, ...login } = withSsh({}).ssh
      return withSsh({ jumps: hops.map((host, index) => ({ ...login, host, ...(index === 1 && changes) })) })
    }
    const way = { ...address, jumps: ['one.example', 'two.example'].map((host) => ({ host, port: 22 })) }

    test('are trusted, kept, taken first and named at their hop alone', async () => {
      await partners.insert(withHops({ trustOnFirstUse: true }))
      await partners.presentHostKey('Acme', way, key, 2)
      expect(await partners.find('Acme')).toEqual(withHops({ trustOnFirstUse: true, presentedHostKey: key }))
      expect(await partners.trustFirstKey('Acme', way, trusted, 1), 'the first hop trusts none').toBe(false)
      expect(await partners.trustFirstKey('Acme', way, { ...trusted, type: 'unknown' }, 2)).toBe(true)
      await partners.nameHostKeyType('Acme', key, 2)
      expect(await partners.find('Acme')).toEqual(withHops({ hostKey: trusted }))
      const other = { ...trusted, sha256: 'SHA256:other' }
      expect(await partners.trustHostKey('Acme', way, other, at(6), 2)).toBe(true)
      expect((await partners.find('Acme'))?.ssh).toEqual(withHops({ hostKey: other }).ssh)
    })

    test.each([
      ['another hop in front', { ...way, jumps: [{ host: 'else.example', port: 22 }, ...way.jumps.slice(1)] }, 2],
      ['the hop elsewhere', { ...way, jumps: [...way.jumps.slice(0, 1), { host: 'two.example', port: 2222 }] }, 2],
      ['one hop less', { ...way, jumps: way.jumps.slice(0, 1) }, undefined],
      ['one hop more', { ...way, jumps: [...way.jumps, { host: 'three.example', port: 22 }] }, undefined],
      ['no hop', address, undefined],
    ])('are not taken from a way that the partner no longer has: %s', async (_what, seenOn, hop) => {
      const before = { ...withHops({ trustOnFirstUse: true }) }
      before.ssh = { ...before.ssh, trustOnFirstUse: true }
      await partners.insert(before)
      expect(await partners.trustHostKey('Acme', seenOn, trusted, at(6), hop)).toBe(false)
      expect(await partners.trustFirstKey('Acme', seenOn, trusted, hop)).toBe(false)
      await partners.presentHostKey('Acme', seenOn, key, hop)
      expect(await partners.find('Acme')).toEqual(before)
    })
  })
})
