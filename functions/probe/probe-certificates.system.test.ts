import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { findFreePort } from '../../deployment/testing/daemon.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { createSshAuthority, type SshAuthority } from '../../deployment/testing/ssh-authority.ts'
import { type Sshd, startSshd } from '../../deployment/testing/sshd.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import type { ProbeResult } from './schema.ts'

const host = '127.0.0.1'

describe.runIf(requireParts('sshd', 'ssh-keygen'))('a probe with certificates', () => {
  let site: AppUnderTest
  let authority: SshAuthority
  let sshd: Sshd
  let as: string
  let db: object
  beforeAll(async () => {
    authority = createSshAuthority('ecdsa')
    site = await openApp()
    as = await site.signIn('ADMIN')
    sshd = await startSshd({
      config: [`TrustedUserCAKeys ${authority.publicKeyPath}`, 'AuthorizedKeysFile none'],
      hostKeyTypes: ['ed25519', 'rsa'],
      certifyHost: (path) => authority.certify(path, ['-h', '-n', host]),
    })
    db = { host, port: await findFreePort(), name: 'acme', username: 'acme', password: 'heron-4-gate' }
  })
  afterAll(async () => {
    await site.close()
    await sshd.stop()
    authority.remove()
  })

  const login = (issued = authority.issue(['-n', sshd.username])) => ({
    ...{ host, port: sshd.port, username: sshd.username, hostCa: [authority.publicKey] },
    ...issued,
  })
  const probe = (ssh: object) => site.read<ProbeResult>('POST /api/probe', { as, body: { db, ssh } })
  /** Nothing listens at the database's port: SSH went well. */
  const reachedDatabase = { reason: 'db-refused', stage: 'db-connect' }

  test.each(['ed25519', 'rsa'] as const)('of the user and of the host signs in, to the server and to a hop (%s)', async (type) => {
    const issued = authority.issue(['-n', sshd.username], type)
    expect(await probe(login(issued))).toMatchObject(reachedDatabase)
    expect(await probe({ ...login(issued), jumps: [login()] })).toMatchObject(reachedDatabase)
  })

  test('of a saved partner signs in, and an authority that is not trusted is refused before the sign-in', async () => {
    const body = { partnerName: 'Acme', db, ssh: login() }
    const { id } = await site.read<Partner>('POST /api/partners', { as, body })
    expect(await site.read(`POST /api/probe/${id}`, { as })).toMatchObject(reachedDatabase)
    const other = createSshAuthority()
    const refused = await probe({ ...login(), hostCa: [other.publicKey] })
    other.remove()
    expect(refused).toMatchObject({ ok: false, reason: 'host-certificate', stage: 'host-key' })
    expect(refused.message).toContain('is signed by an authority that is not trusted: ecdsa-sha2-nistp256 SHA256:')
  })

  test('that the server refuses says why: it expired, or names another user', async () => {
    const expired = await probe(login(authority.issue(['-n', sshd.username, '-V', '20200101Z:20200102Z'])))
    expect(expired).toMatchObject({ reason: 'ssh-auth', stage: 'ssh-auth' })
    expect(expired.message).toContain('The certificate expired on 2020-01-02T00:00:00Z.')
    expect((await probe(login(authority.issue(['-n', 'someone'])))).message).toContain(`names someone, not ${sshd.username}`)
  })
})
