import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type PublicKeyAuthMethod } from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../../deployment/testing/sshd.ts'
import { readPrivateKey } from './read-private-key.ts'

const parts = requireParts('sshd', 'ssh-keygen', 'puttygen', 'openssl')
const passphrase = 'correct hörse: "battery"'

type KeyFile = { text: string; publicKey: string }
type Maker = (secret: string | undefined) => KeyFile

describe.runIf(parts)('reading private keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'))
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(async () => {
    await sshd.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  let count = 0
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const newPath = () => join(folder, `key${++count}`)

  const keygen =
    (type: string, ...options: string[]): Maker =>
    (secret) => {
      const path = newPath()
      run('ssh-keygen', '-q', '-t', type, ...options, '-N', secret ?? '', '-C', 'someone', '-f', path)
      return { text: readFileSync(path, 'utf8'), publicKey: readFileSync(`${path}.pub`, 'utf8') }
    }

  const openssl =
    (...algorithm: string[]): Maker =>
    (secret) => {
      const [plain, path] = [newPath(), newPath()]
      run('openssl', 'genpkey', ...algorithm, '-out', plain)
      if (secret === undefined) run('openssl', 'pkcs8', '-topk8', '-nocrypt', '-in', plain, '-out', path)
      else run('openssl', 'pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', plain, '-out', path, '-passout', `pass:${secret}`)
      const { publicKey } = expectKey(readPrivateKey(readFileSync(path, 'utf8'), secret))
      return { text: readFileSync(path, 'utf8'), publicKey }
    }

  const puttygen =
    (version: number, ...type: string[]): Maker =>
    (secret) => {
      const [path, secretPath] = [newPath(), newPath()]
      writeFileSync(secretPath, secret ?? '')
      run('puttygen', '-q', ...type, '-C', 'some one: ü', '--ppk-param', `version=${version}`, '--new-passphrase', secretPath, '-o', path)
      const publicKey = run('puttygen', path, '-O', 'public-openssh', '--old-passphrase', secretPath)
      return { text: readFileSync(path, 'utf8'), publicKey }
    }

  const makers: [string, Maker][] = [
    ['OpenSSH, Ed25519', keygen('ed25519')],
    ['OpenSSH, RSA', keygen('rsa', '-b', '2048')],
    ['OpenSSH, ECDSA P-521', keygen('ecdsa', '-b', '521')],
    ['OpenSSH under chacha20-poly1305, Ed25519', keygen('ed25519', '-Z', 'chacha20-poly1305@openssh.com')],
    ['OpenSSH under chacha20-poly1305, RSA', keygen('rsa', '-b', '2048', '-Z', 'chacha20-poly1305@openssh.com')],
    ['OpenSSH under aes256-gcm, ECDSA P-256', keygen('ecdsa', '-b', '256', '-Z', 'aes256-gcm@openssh.com')],
    ['PEM PKCS#1, RSA', keygen('rsa', '-b', '2048', '-m', 'PEM')],
    ['PEM SEC 1, ECDSA P-256', keygen('ecdsa', '-b', '256', '-m', 'PEM')],
    ['PEM PKCS#8, RSA', keygen('rsa', '-b', '2048', '-m', 'PKCS8')],
    ['PEM PKCS#8, ECDSA P-384', keygen('ecdsa', '-b', '384', '-m', 'PKCS8')],
    ['PEM PKCS#8, Ed25519', openssl('-algorithm', 'ed25519')],
    ['PPK 2, RSA', puttygen(2, '-t', 'rsa', '-b', '2048')],
    ['PPK 2, ECDSA P-256', puttygen(2, '-t', 'ecdsa', '-b', '256')],
    ['PPK 2, Ed25519', puttygen(2, '-t', 'ed25519')],
    ['PPK 3, RSA', puttygen(3, '-t', 'rsa', '-b', '2048')],
    ['PPK 3, ECDSA P-384', puttygen(3, '-t', 'ecdsa', '-b', '384')],
    ['PPK 3, Ed25519', puttygen(3, '-t', 'ed25519')],
  ]

  describe.each(makers)('%s', (_format, make) => {
    test('signs in to OpenSSH without a passphrase', async () => {
      const { text, publicKey } = make(undefined)
      sshd.authorize(publicKey)
      await signIn(sshd, text, undefined)
    })

    test('signs in to OpenSSH with its passphrase, with the line ends of Windows too', async () => {
      const { text, publicKey } = make(passphrase)
      sshd.authorize(publicKey)
      await signIn(sshd, text.replaceAll('\n', '\r\n'), passphrase)
    })

    test('is read as mail and editors leave it: indented, with trailing spaces, a byte order mark, or CR alone as line ends', () => {
      const { text, publicKey } = make(passphrase)
      const lines = text.trimEnd().split('\n')
      const spaced = lines.map((line) => (line.startsWith('Comment: ') ? `  ${line}` : `  ${line} \t`))
      for (const changed of [spaced.join('\n'), `\uFEFF${text}`, lines.join('\r'), `\n\n${lines.join('\r\n')}`])
        expect(expectKey(readPrivateKey(changed, passphrase)).publicKey).toBe(publicKey.split(' ').slice(0, 2).join(' ').trim())
    })

    test('blames the passphrase when it is missing or wrong', () => {
      const { text } = make(passphrase)
      expect(readPrivateKey(text)).toEqual({ ok: false, field: 'passphrase', message: 'This private key needs its passphrase.' })
      const wrong = { ok: false, field: 'passphrase', message: 'The passphrase does not open this private key.' }
      expect(readPrivateKey(text, 'wrong')).toEqual(wrong)
    })

    test('blames the key when it is cut short', () => {
      const { text } = make(undefined)
      expect(readPrivateKey(text.slice(0, text.length / 2))).toMatchObject({ ok: false, field: 'privateKey' })
    })
  })

  test('refuses a key under chacha20-poly1305 that was changed', () => {
    const { text } = keygen('ed25519', '-Z', 'chacha20-poly1305@openssh.com')(passphrase)
    const bytes = Buffer.from(text.replaceAll(/-----[^-]+-----/g, ''), 'base64')
    const at = bytes.length - 40
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    const changed = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
    expect(readPrivateKey(changed, passphrase)).toMatchObject({ ok: false, field: 'passphrase' })
  })

  test.each([2, 3])('refuses a PPK %i whose public half was exchanged', (version) => {
    const [own, other] = [puttygen(version, '-t', 'ed25519')(undefined), puttygen(version, '-t', 'ed25519')(undefined)]
    const publicLines = (text: string) => /Public-Lines: 2\n(.*\n.*\n)/.exec(text)?.[1] ?? ''
    const forged = own.text.replace(publicLines(own.text), publicLines(other.text))
    expect(forged).not.toBe(own.text)
    expect(readPrivateKey(forged)).toEqual({ ok: false, field: 'privateKey', message: 'The PuTTY key is damaged.' })
  })
})

const expectKey = (read: ReturnType<typeof readPrivateKey>) => {
  if (!read.ok) throw new Error(read.message)
  return { ...read, publicKey: `${read.type} ${read.key.getPublicSSH().toString('base64')}` }
}

const signIn = (sshd: Sshd, text: string, secret: string | undefined): Promise<void> => {
  const { key } = expectKey(readPrivateKey(text, secret))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const client = new Client()
  client.on('ready', resolve).on('error', reject)
  const method: PublicKeyAuthMethod = { type: 'publickey', username: sshd.username, key }
  client.connect({ host: '127.0.0.1', port: sshd.port, username: sshd.username, authHandler: [method] })
  return promise.finally(() => client.end())
}
