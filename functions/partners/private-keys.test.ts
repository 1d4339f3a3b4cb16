import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

const passphrase = 'correct horse'
const cipher = { cipher: 'aes-256-cbc', passphrase }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const plain: [format: string, privateKey: string][] = [
  ['PEM RSA', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
  ['PEM ECDSA', ec.export({ type: 'sec1', format: 'pem' }).toString()],
  ['PKCS#8', ec.export({ type: 'pkcs8', format: 'pem' }).toString()],
]
const encrypted: [format: string, privateKey: string][] = [
  ['PEM RSA', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...cipher }).toString()],
  ['PEM ECDSA', ec.export({ type: 'sec1', format: 'pem', ...cipher }).toString()],
  ['PKCS#8', ec.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString()],
]
const [, plainKey] = plain[0]!
const [, encryptedKey] = encrypted[1]!
const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const { password: _, ...login } = newPartner.ssh
const withKey = (ssh: Record<string, unknown>) => ({ ssh: { ...login, ...ssh } })
const create = (ssh: Record<string, unknown>) => site.request('', { body: { ...newPartner, ...withKey(ssh) } })
const storedSecret = async (id: string, field: 'password' | 'privateKey' | 'passphrase') => {
  const envelope = (await site.stored(id))?.ssh[field]
  return envelope ? site.sealer.open(envelope, secretContext(id, `ssh.${field}`)) : envelope
}

test.each(plain)('takes a key in %s without a passphrase', async (_format, privateKey) => {
  const { id, ssh } = await site.create(withKey({ privateKey }))
  expect(ssh).toMatchObject({ hasPassword: false, hasPrivateKey: true, hasPassphrase: false })
  expect(await storedSecret(id, 'privateKey')).toBe(privateKey)
})

test.each(encrypted)('takes an encrypted key in %s with its passphrase', async (_format, privateKey) => {
  const { id, ssh } = await site.create(withKey({ privateKey, passphrase }))
  expect(ssh).toMatchObject({ hasPassword: false, hasPrivateKey: true, hasPassphrase: true })
  expect(await storedSecret(id, 'passphrase')).toBe(passphrase)
})

describe.each(encrypted)('an encrypted key in %s', (_format, privateKey) => {
  test.each([undefined, 'wrong horse'])('with the passphrase %o is refused by name, and nothing is saved', async (wrong) => {
    expect(await refusalOf(await create({ privateKey, passphrase: wrong }))).toMatchObject({ status: 422, paths: ['ssh.passphrase'] })
    expect(await site.list()).toEqual([])
    expect(await site.audited()).toEqual([])
  })
})

test.each([
  ['nonsense', 'not a key'],
  ['a key cut short', plainKey.slice(0, plainKey.length / 2)],
  ['a public key', publicKey],
])('refuses %s by name, and saves nothing', async (_what, privateKey) => {
  expect(await refusalOf(await create({ privateKey }))).toMatchObject({ status: 422, paths: ['ssh.privateKey'] })
  expect(await site.list()).toEqual([])
})

describe('a change', () => {
  const patch = (id: string, version: number, ssh: Record<string, unknown>) => site.patch(id, { version, ssh })

  test('to a private key keeps the password beside it, until one of them is cleared', async () => {
    const { id } = await site.create()
    expect(await site.change(id, { ssh: { privateKey: encryptedKey, passphrase } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPassword: true, hasPrivateKey: true, hasPassphrase: true })
    expect(await site.change(id, { ssh: { password: 'ssh-secret-2', privateKey: null } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPassword: true, hasPrivateKey: false, hasPassphrase: false })
    expect(await storedSecret(id, 'password')).toBe('ssh-secret-2')
    expect(await refusalOf(await patch(id, 3, { password: null }))).toMatchObject({ status: 422, paths: ['ssh.privateKey'] })
    expect(site.dropped).toEqual([id, id])
  })

  test('of the server asks for the password again, and keeps the key beside it', async () => {
    const { id } = await site.create(withKey({ privateKey: plainKey, password: 'ssh-secret' }))
    const moved = { ssh: { host: 'other.example', trustOnFirstUse: true }, db: { password: 'db-secret' } }
    expect(await refusalOf(await site.patch(id, { version: 1, ...moved }))).toMatchObject({ status: 422, paths: ['ssh.password'] })
    expect(await site.change(id, { ...moved, ssh: { ...moved.ssh, password: 'ssh-secret' } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPassword: true, hasPrivateKey: true })
  })

  test('of the key forgets the passphrase of the one before', async () => {
    const { id } = await site.create(withKey({ privateKey: encryptedKey, passphrase }))
    expect(await site.change(id, { ssh: { privateKey: plainKey } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPrivateKey: true, hasPassphrase: false })
  })

  test('that clears the key clears its passphrase', async () => {
    const { id } = await site.create(withKey({ privateKey: encryptedKey, passphrase }))
    expect(await site.move(id, { ssh: { enabled: false, privateKey: null } })).toBe(200)
    expect((await site.read(id)).ssh).toMatchObject({ hasPrivateKey: false, hasPassphrase: false })
  })

  test('that is refused names the field and changes nothing', async () => {
    const { id } = await site.create(withKey({ privateKey: encryptedKey, passphrase }))
    const before = await site.stored(id)
    const refused: [Record<string, unknown>, string][] = [
      [{ passphrase: 'wrong horse' }, 'ssh.passphrase'],
      [{ passphrase: null }, 'ssh.passphrase'],
      [{ privateKey: 'not a key' }, 'ssh.privateKey'],
      [{ privateKey: encryptedKey }, 'ssh.passphrase'],
      [{ privateKey: null, passphrase }, 'ssh.passphrase'],
      [{ certificate: 'ssh-ed25519-cert-v01@openssh.com AAAA' }, 'ssh.certificate'],
      [{ certificate: 'ssh-ed25519 AAAA' }, 'ssh.certificate'],
      [{ privateKey: null, password: 'ssh-secret', certificate: 'ssh-ed25519-cert-v01@openssh.com AAAA' }, 'ssh.certificate'],
    ]
    for (const [ssh, path] of refused)
      expect([ssh, await refusalOf(await patch(id, 1, ssh))]).toEqual([ssh, { status: 422, code: 'invalid', paths: [path] }])
    expect(await site.stored(id)).toEqual(before)
    expect(site.dropped).toEqual([])
  })

  test('of the passphrase alone is checked against the stored key', async () => {
    const { id } = await site.create(withKey({ privateKey: encryptedKey, passphrase }))
    expect(await site.change(id, { ssh: { passphrase } })).toBe(200)
    expect((await site.read(id)).version).toBe(2)
  })

  test('of the passphrase, where the stored key was sealed under a lost key, asks for the key', async () => {
    const { id } = await site.create(withKey({ privateKey: encryptedKey, passphrase }))
    const lost = createSealer(new Uint8Array(32)).seal(encryptedKey, secretContext(id, 'ssh.privateKey'))
    await site.db.collection('partner_configs').updateOne({}, { $set: { 'ssh.privateKey': lost } })
    expect(await refusalOf(await patch(id, 1, { passphrase }))).toMatchObject({ status: 422, paths: ['ssh.privateKey'] })
    expect((await patch(id, 1, { privateKey: encryptedKey, passphrase })).status).toBe(200)
  })
})

test('an import names the row and field of a key at fault', async () => {
  const rows = [
    { ...newPartner, ...withKey({ privateKey: plainKey }) },
    { ...newPartner, partnerName: 'Globex', ...withKey({ privateKey: encryptedKey, passphrase: 'wrong horse' }) },
  ]
  expect(await refusalOf(await site.request('/import', { body: rows }))).toMatchObject({ status: 422, paths: ['2.ssh.passphrase'] })
  expect(await site.list()).toEqual([])
})
