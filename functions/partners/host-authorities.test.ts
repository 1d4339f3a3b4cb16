import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSshKey } from '../../deployment/demo/create-ssh-key.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

const lineOf = (type: string, blob: Buffer) => `${type} ${blob.toString('base64')} authority`
const own = lineOf('ssh-ed25519', createSshKey().parsed.getPublicSSH())
const revoked = `SHA256:${'R'.repeat(43)}`

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const { hostKeySha256, ...login } = newPartner.ssh
const withTrust = (trust: Record<string, unknown>) => ({ ssh: { ...login, ...trust } })
const create = (trust: Record<string, unknown>) => site.request('', { body: { ...newPartner, ...withTrust(trust) } })

test('takes public keys of authorities instead of one key, and shows them', async () => {
  const { id, ssh } = await site.create(withTrust({ hostCa: [`${own}\n`], revokedKeys: [revoked] }))
  expect(ssh).toMatchObject({ hostCa: [own], revokedKeys: [revoked], hostKey: null, trustOnFirstUse: false })
  expect(await site.read(id)).toMatchObject({ ssh: { hostCa: [own], revokedKeys: [revoked] } })
  expect((await create({ hostCa: [own] })).status).toBe(409)
})

test.each<[string, Record<string, unknown>, string]>([
  ['what is no key', { hostCa: ['ssh-ed25519 AAAA'] }, 'ssh.hostCa'],
  ['a key that is named as another type', { hostCa: [own.replace('ssh-ed25519', 'ssh-rsa')] }, 'ssh.hostCa'],
  ['a key behind a FIDO token', { hostCa: ['sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t'] }, 'ssh.hostCa'],
  ['a line of known_hosts', { hostCa: [`@cert-authority * ${own}`] }, 'ssh.hostCa'],
  ['a key beside them', { hostCa: [own], hostKeySha256 }, 'ssh.hostCa'],
  ['the first key beside them', { hostCa: [own], trustOnFirstUse: true }, 'ssh.hostCa'],
  ['what is no fingerprint', { hostCa: [own], revokedKeys: ['MD5:00'] }, 'ssh.revokedKeys'],
  ['revoked keys without them', { revokedKeys: [revoked] }, 'ssh.revokedKeys'],
])('refuses %s by name', async (_what, trust, path) => {
  expect(await refusalOf(await create(trust))).toMatchObject({ status: 422, paths: [path] })
  const { id } = await site.create(withTrust({}))
  expect(await refusalOf(await site.patch(id, { version: 1, ssh: trust }))).toMatchObject({ status: 422, paths: [path] })
})

test('authorities take the place of a key, a key that of authorities, and a move keeps them', async () => {
  const { id } = await site.create()
  expect((await site.read(id)).ssh.hostKey?.sha256).toBe(hostKeySha256)
  expect(await site.change(id, { ssh: { hostCa: [own], revokedKeys: [revoked] } })).toBe(200)
  expect((await site.read(id)).ssh).toMatchObject({ hostKey: null, hostCa: [own], revokedKeys: [revoked] })
  expect(await site.move(id, { ssh: { host: 'new.example' } })).toBe(200)
  expect((await site.read(id)).ssh).toMatchObject({ host: 'new.example', hostCa: [own] })
  expect(await site.change(id, { ssh: { hostKeySha256 } })).toBe(200)
  expect((await site.read(id)).ssh).toMatchObject({ hostKey: { sha256: hostKeySha256 }, hostCa: [], revokedKeys: [] })
})

test('an export holds them, and an import takes them back, as JSON and as CSV', async () => {
  const hostCa = [own, `${own} of old`]
  await site.create(withTrust({ hostCa, revokedKeys: [revoked] }))
  const [json, csv] = await Promise.all(['json', 'csv'].map(async (format) => (await site.request(`/export?format=${format}`)).text()))
  const rows = JSON.parse(json ?? '') as { ssh: object }[]
  const again = rows.map((row) => ({ ...row, partnerName: 'Globex', ssh: { ...row.ssh, password: 'ssh-secret' } }))
  expect((await site.request('/import', { body: again })).status).toBe(200)
  const text = (csv ?? '').replace('Acme', 'Initech').replace('ops,', 'ops,ssh-secret')
  expect(await (await site.request('/import', { text, type: 'text/csv' })).text()).toContain('Initech')
  for (const { ssh } of await site.list()) expect(ssh).toMatchObject({ hostCa, revokedKeys: [revoked] })
})
