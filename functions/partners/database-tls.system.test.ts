import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CertificateAuthority, createCertificateAuthority, type Issued } from '../../deployment/testing/certificates.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

describe.runIf(requireParts('openssl'))('the encryption of a database', () => {
  let ca: CertificateAuthority
  let own: Issued
  let other: Issued
  let site: PartnersUnderTest
  beforeAll(() => {
    ca = createCertificateAuthority()
    own = ca.issue('acme')
    other = ca.issue('other')
  })
  afterAll(() => ca.remove())
  beforeEach(async () => {
    site = await openPartners()
  })
  afterEach(() => site.close())

  const { db, ssh } = newPartner
  const direct = (tls: object = {}) => ({ ssh: undefined, db: { ...db, ...tls } })
  const identity = () => ({ tlsCertificate: own.certificate, tlsKey: own.key })
  const pathsOf = async (response: Response) => {
    const { status, paths } = await refusalOf(response)
    return [status, paths]
  }
  const post = (body: object) => site.request('', { body: { ...newPartner, ...body } })
  const patch = async (id: string, body: object) => site.patch(id, { version: (await site.read(id)).version, ...body })

  test('is required for a new direct connection and off inside a tunnel, unless it is said', async () => {
    expect((await site.create(direct())).db).toMatchObject({ tls: 'required', tlsCa: null, tlsCertificate: null, hasTlsKey: false })
    expect((await site.create({ partnerName: 'Tunnelled' })).db).toMatchObject({ tls: 'off' })
    expect((await site.create({ partnerName: 'Knowingly', ...direct({ tls: 'off' }) })).db).toMatchObject({ tls: 'off' })
  })

  test('keeps the key sealed, and shows it nowhere', async () => {
    const { id, db: shown } = await site.create(direct({ tls: 'verify-full', tlsCa: ca.certificate, ...identity() }))
    expect(shown).toMatchObject({ tls: 'verify-full', tlsCa: ca.certificate, tlsCertificate: own.certificate, hasTlsKey: true })
    const stored = (await site.stored(id))?.db.tlsKey ?? ''
    expect(site.sealer.open(stored, secretContext(id, 'db.tlsKey'))).toBe(own.key)
    const answers = await Promise.all(
      [`/${id}`, '', '/export', '/export?format=csv'].map(async (path) => (await site.request(path)).text()),
    )
    const everything = JSON.stringify([answers, await site.audited(), site.lines])
    expect(everything).not.toContain(own.key.split('\n')[1])
    expect(JSON.stringify(await site.audited())).toContain('"tlsKey":"[sealed]"')
  })

  test.each([
    ['a CA that is none', () => ({ tlsCa: 'CA' }), 'db.tlsCa'],
    [
      'a certificate that is damaged',
      () => ({ ...identity(), tlsCertificate: own.certificate.replace('MII', 'XXX') }),
      'db.tlsCertificate',
    ],
    ['a certificate without its key', () => ({ tlsCertificate: own.certificate }), 'db.tlsKey'],
    ['a key without its certificate', () => ({ tlsKey: own.key }), 'db.tlsCertificate'],
    ['a key of another certificate', () => ({ tlsCertificate: own.certificate, tlsKey: other.key }), 'db.tlsKey'],
    ['a key with a passphrase', () => ({ ...identity(), tlsKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----' }), 'db.tlsKey'],
    ['a key that is none', () => ({ ...identity(), tlsKey: 'key' }), 'db.tlsKey'],
    ['a mode that is none', () => ({ tls: 'on' }), 'db.tls'],
  ])('refuses %s, when a partner is created or changed, and names the field', async (_what, tls, path) => {
    expect(await pathsOf(await post(direct(tls())))).toEqual([422, [path]])
    const { id } = await site.create(direct())
    expect(await pathsOf(await patch(id, { db: tls() }))).toEqual([422, [path]])
  })

  test('is exported and imported back, but for its key', async () => {
    await site.create({ ...direct({ tls: 'verify-ca', tlsCa: ca.certificate, password: undefined }) })
    for (const format of ['json', 'csv']) {
      const text = await (await site.request(`/export?format=${format}`)).text()
      const { id } = (await site.list())[0]!
      await site.request(`/${id}`, { method: 'DELETE' })
      const type = format === 'csv' ? 'text/csv' : 'application/json'
      expect((await site.request('/import', { text, type })).status).toBe(200)
      expect((await site.list())[0]?.db).toMatchObject({ tls: 'verify-ca', tlsCa: ca.certificate })
    }
  })

  describe('that is changed', () => {
    const full = () => direct({ tls: 'verify-full', tlsCa: ca.certificate, ...identity() })

    test.each([
      ['is lowered', { tls: 'verify-ca' }],
      ['is not checked any more', { tls: 'required' }],
      ['is turned off', { tls: 'off' }],
      ['trusts whatever CA', { tlsCa: null }],
    ])('asks for the password again when it %s', async (_what, change: object) => {
      const { id } = await site.create(full())
      expect(await pathsOf(await patch(id, { db: change }))).toEqual([422, ['db.password']])
      expect((await patch(id, { db: { ...change, password: 'again' } })).status).toBe(200)
    })

    test('asks for the password again when another CA is trusted', async () => {
      const { id } = await site.create(full())
      expect(await pathsOf(await patch(id, { db: { tlsCa: own.certificate } }))).toEqual([422, ['db.password']])
    })

    test('asks for nothing when it becomes stricter, or when the client’s certificate changes', async () => {
      const { id } = await site.create(direct({ tls: 'off' }))
      for (const change of [{ tls: 'required' }, { tls: 'verify-ca', tlsCa: ca.certificate }, { tls: 'verify-full' }, identity()])
        expect((await patch(id, { db: change })).status).toBe(200)
      expect((await patch(id, { db: { tlsCertificate: null } })).status).toBe(200)
      expect((await site.read(id)).db).toMatchObject({ tlsCertificate: null, hasTlsKey: false })
    })

    test('is required when the connection leaves its tunnel, unless it is said', async () => {
      const { id } = await site.create({ ssh })
      expect((await patch(id, { ssh: { enabled: false }, db: { password: 'again' } })).status).toBe(200)
      expect((await site.read(id)).db).toMatchObject({ tls: 'required' })
    })

    test('stays out of a change to something else, in a partner that was saved before there was a choice', async () => {
      const { id } = await site.create()
      const unset = { 'db.tls': '', 'db.tlsCa': '', 'db.tlsCertificate': '', 'db.tlsKey': '' } as const
      await site.db.collection<{ _id: string }>('partner_configs').updateOne({ _id: id }, { $unset: unset })
      expect((await site.read(id)).db).toMatchObject({ tls: 'off', hasTlsKey: false })
      expect((await patch(id, { priority: 9 })).status).toBe(200)
      expect(Object.keys((await site.stored(id))?.db ?? {})).not.toContain('tls')
      expect((await site.audited()).at(-1)).toMatchObject({ before: { priority: 4 }, after: { priority: 9 } })
    })
  })
})
