import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPrivateKey } from './read-private-key.ts'

describe('what is not a private key', () => {
  const pem = (type: 'spki' | 'pkcs1') =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type, format: 'pem' }).toString()
  const publicKeys = [
    ['OpenSSH', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f someone'],
    ['RFC 4716', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----'],
    ['PEM', pem('spki')],
    ['PKCS#1', pem('pkcs1')],
  ] as const

  test.each(publicKeys)('says so when it is a public key (%s)', (_format, text) => {
    const message = 'This is a public key; the private key is needed.'
    expect(readPrivateKey(text)).toEqual({ ok: false, field: 'privateKey', message })
  })

  test('refuses any text without throwing', () => {
    const beginnings = ['', '-----BEGIN OPENSSH PRIVATE KEY-----\n', '-----BEGIN PRIVATE KEY-----\n', 'PuTTY-User-Key-File-3: ssh-rsa\n']
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.string(), (beginning, rest) => {
        expect(readPrivateKey(`${beginning}${rest}`, 'a passphrase')).toMatchObject({ ok: false, field: 'privateKey' })
      }),
    )
  })

  test('refuses a PuTTY key that asks for more memory than a key needs, before it is spent', () => {
    const lines = [
      'PuTTY-User-Key-File-3: ssh-ed25519',
      'Encryption: aes256-cbc',
      'Comment: ',
      'Public-Lines: 1',
      'AAAA',
      'Key-Derivation: Argon2id',
    ]
    const work = ['Argon2-Memory: 4000000000', 'Argon2-Passes: 1', 'Argon2-Parallelism: 1', 'Argon2-Salt: 00', 'Private-Lines: 1', 'AAAA']
    const text = [...lines, ...work, 'Private-MAC: 00'].join('\n')
    const message = 'This PuTTY key takes too much work to open.'
    expect(readPrivateKey(text, 'a passphrase')).toEqual({ ok: false, field: 'privateKey', message })
  })
})
