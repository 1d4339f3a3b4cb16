import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

const passphrase = 'correct horse'
const keyFile = (folder: string, type: string, secret: string): string => {
  const path = join(folder, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', secret, '-f', path])
  return path
}

const ppkFile = (folder: string, type: string, version: string, secret: string): string => {
  const [path, secretPath] = [join(folder, 'key.ppk'), join(folder, 'passphrase')]
  writeFileSync(secretPath, secret)
  const settings = ['--ppk-param', `version=${version}`, '--new-passphrase', secretPath]
  execFileSync('puttygen', [keyFile(folder, type, ''), '-O', 'private', '-o', path, ...settings])
  return path
}

describe.runIf(requireParts('ssh-keygen', 'puttygen'))('keys that ssh-keygen and puttygen make', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'))
  let site: PartnersUnderTest
  beforeAll(async () => {
    site = await openPartners()
  })
  afterAll(async () => {
    await site.close()
    rmSync(folder, { recursive: true })
  })

  const { password: _, ...login } = newPartner.ssh
  const create = (partnerName: string, ssh: Record<string, unknown>) =>
    site.request('', { body: { ...newPartner, partnerName, ssh: { ...login, ...ssh } } })

  const cases = ['ed25519', 'ecdsa', 'rsa'].flatMap((type) =>
    ['OpenSSH', 'PPK 2', 'PPK 3'].flatMap((format) => ['', passphrase].map((secret) => ({ type, format, secret }))),
  )

  test.each(cases)('takes $type in $format with the passphrase "$secret", and only with it', async ({ type, format, secret }) => {
    const own = join(folder, `${type} ${format} ${secret.length}`)
    mkdirSync(own)
    const path = format === 'OpenSSH' ? keyFile(own, type, secret) : ppkFile(own, type, format.slice(-1), secret)
    const privateKey = readFileSync(path, 'utf8')
    const name = `${type} ${format} ${secret.length}`
    const refused: [Record<string, unknown>, string][] = secret
      ? [
          [{ privateKey }, 'ssh.passphrase'],
          [{ privateKey, passphrase: 'wrong horse' }, 'ssh.passphrase'],
        ]
      : [[{ privateKey: privateKey.slice(0, privateKey.length / 2) }, 'ssh.privateKey']]
    for (const [ssh, path] of refused) expect(await refusalOf(await create(name, ssh))).toMatchObject({ status: 422, paths: [path] })
    expect((await site.list()).some(({ partnerName }) => partnerName === name)).toBe(false)
    expect((await create(name, { privateKey, ...(secret && { passphrase: secret }) })).status).toBe(201)
  })
})
