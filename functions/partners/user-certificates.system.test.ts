import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { createSshAuthority, type SshAuthority } from '../../deployment/testing/ssh-authority.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

describe.runIf(requireParts('ssh-keygen'))('a user certificate', () => {
  let site: PartnersUnderTest
  let authority: SshAuthority
  beforeAll(async () => {
    site = await openPartners()
    authority = createSshAuthority()
  })
  afterAll(async () => {
    await site.close()
    authority.remove()
  })

  let made = 0
  const { password: _, ...login } = newPartner.ssh
  const partner = (ssh: Record<string, unknown>) => ({ ...newPartner, partnerName: `Acme ${++made}`, ssh: { ...login, ...ssh } })
  const messageOf = async (response: Response) => ((await response.clone().json()) as { error: { message: string } }).error.message

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('is taken with its key, shown, and replaced with it (%s)', async (type) => {
    const issued = authority.issue(['-n', 'ops', '-V', '20200101Z:20200102Z'], type)
    const { id, ssh } = await site.create(partner({ ...issued, certificate: `${issued.certificate}\n` }))
    expect(ssh).toMatchObject({ hasPrivateKey: true, certificate: issued.certificate })
    expect(await site.change(id, { ssh: { certificate: null } })).toBe(200)
    expect((await site.read(id)).ssh.certificate).toBeNull()
    expect(await site.change(id, { ssh: { certificate: issued.certificate } })).toBe(200)
    expect(await site.change(id, { ssh: { privateKey: authority.issue(['-n', 'ops']).privateKey } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPrivateKey: true, certificate: null })
  })

  test('of another key, of a host or cut short is refused by name, when it is new and when it is changed', async () => {
    const issued = authority.issue(['-n', 'ops'])
    const forHost = authority.issue(['-h', '-n', 'ops'])
    const { id } = await site.create(partner({ privateKey: issued.privateKey }))
    const cases: [Record<string, unknown>, string][] = [
      [{ privateKey: issued.privateKey, certificate: authority.issue(['-n', 'ops']).certificate }, 'The certificate is for another key.'],
      [forHost, 'The certificate is not for a user.'],
      [{ privateKey: issued.privateKey, certificate: issued.certificate.slice(0, 200) }, 'The certificate could not be read'],
    ]
    for (const [ssh, message] of cases)
      for (const response of [await site.request('', { body: partner(ssh) }), await site.patch(id, { version: 1, ssh })]) {
        expect(await messageOf(response)).toContain(`ssh.certificate: ${message}`)
        expect(await refusalOf(response)).toMatchObject({ status: 422, paths: ['ssh.certificate'] })
      }
  })
})
