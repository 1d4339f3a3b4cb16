import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { callingDatabase } from '../../deployment/bench/calling-database.ts'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { createCertificateAuthority } from '../../deployment/testing/certificates.ts'
import { startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import type { ProbeResult } from './schema.ts'

const password = 'wren-7-lantern'

describe.runIf(requireParts('mariadbd', 'mariadb-install-db', 'openssl'))('a partner that is reached directly', () => {
  let site: AppUnderTest
  let as: string
  beforeAll(async () => {
    site = await openApp()
    as = await site.signIn('ADMIN')
  })
  afterAll(() => site.close())

  const startPartner = async (options: readonly string[]) => {
    const mariadb = await startMariadb(options)
    onTestFinished(mariadb.stop)
    await mariadb.createSchema('acme', password)
    await mariadb.run(callingDatabase({ campaigns: 2, calls: 10 }), 'acme')
    return { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password }
  }
  const probe = (db: object) => site.read<ProbeResult>('POST /api/probe', { as, body: { db } })
  const capture = async (partnerName: string, db: object) => {
    const { id } = await site.read<Partner>('POST /api/partners', { as, body: { partnerName, db } })
    const body = { partnerIds: [id] }
    const { results } = await site.read<{ results: { ok: boolean }[] }>('POST /api/snapshots/capture', { as, body })
    return { id, result: results[0] }
  }

  test('is encrypted unless somebody says otherwise, and an alert says when its certificate is about to end', async () => {
    const ca = createCertificateAuthority()
    onTestFinished(ca.remove)
    const { certificateFile, keyFile } = ca.issue('db.example', { days: 10 })
    const db = await startPartner([`--ssl-ca=${ca.certificateFile}`, `--ssl-cert=${certificateFile}`, `--ssl-key=${keyFile}`])
    expect(await probe(db)).toMatchObject({
      ok: true,
      tls: { protocol: 'TLSv1.3', certificate: { subject: 'CN=db.example', issuer: 'CN=Test CA' } },
      notes: [],
      stages: [{ stage: 'db-tls' }, { stage: 'db-connect' }, { stage: 'query' }],
    })
    const { id, result } = await capture('Encrypted', db)
    expect(result).toMatchObject({ ok: true })
    const { alerts } = await site.read<{ alerts: { ruleId: string; level: string }[] }>(`GET /api/alerts?partnerId=${id}`, { as })
    expect(alerts).toMatchObject([
      { ruleId: 'certificate-ending', level: 'MEDIUM', message: expect.stringMatching(/^The certificate .* ends on /) },
    ])
    const { sync } = await site.read<Partner>(`GET /api/partners/${id}`, { as })
    expect(sync.certificateEndsAt).toMatch(/^\d{4}-/)
    expect((await probe({ ...db, tls: 'off' })).notes).toEqual([expect.stringContaining('though the server offers it')])
  })

  test('that offers no encryption, whatever version it announces, is captured by one who turns it off knowingly', async () => {
    const db = await startPartner(['--version=8.0.30'])
    expect(await probe(db)).toMatchObject({
      ok: false,
      stage: 'db-tls',
      reason: 'tls-required',
      message: expect.stringContaining('set db.tls to off'),
      tls: null,
      notes: [],
    })
    expect(await probe({ ...db, tls: 'off' })).toMatchObject({
      ok: true,
      tls: null,
      notes: ['The connection to the database is not encrypted.'],
    })
    expect((await capture('Knowingly', { ...db, tls: 'off' })).result).toMatchObject({ ok: true })
  })
})
