import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { formatOpensshKey } from './format-openssh-key.ts'
import { readPrivateKey } from './read-private-key.ts'
import { packString } from './ssh-wire.ts'

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
})

test.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])('refuses a key behind a FIDO token by name: %s', (type) => {
  const publicBlob = Buffer.concat([packString(type), packString(Buffer.alloc(32)), packString('ssh:')])
  const text = formatOpensshKey({ publicBlob, privateFields: [packString(type)] })
  const name = type.replace('@openssh.com', '')
  const message = `This private key (${name}) works only with its FIDO security key, which is not here: use a key of another type.`
  expect(readPrivateKey(text)).toEqual({ ok: false, field: 'privateKey', message })
})

describe('what a file claims is looked at before any work is done', () => {
  const passphrase = 'a passphrase'
  const refused = (text: string) => {
    const startedAt = performance.now()
    const read = readPrivateKey(text, passphrase)
    expect(performance.now() - startedAt).toBeLessThan(100)
    if (read.ok) throw new Error('it was read')
    expect(read.field).toBe('privateKey')
    return read.message
  }
  const tooMuch = (what: string) =>
    expect.stringMatching(new RegExp(`^This private key takes too much work to open: .*${what} must be from 1 to`))

  const ppk = (changes: Record<string, string>) => {
    const headers = {
      ...{ 'PuTTY-User-Key-File-3': 'ssh-ed25519', Encryption: 'aes256-cbc', Comment: '', 'Public-Lines': '1\nAAAA' },
      ...{ 'Key-Derivation': 'Argon2id', 'Argon2-Memory': '8192', 'Argon2-Passes': '13', 'Argon2-Parallelism': '1', 'Argon2-Salt': '00' },
      ...{ 'Private-Lines': '1\nAAAA', 'Private-MAC': '00', ...changes },
    }
    return Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')
  }
  const numbers = ['-1', '0', '1e9', '4000000000', '99999999999999999999', 'NaN', '0x10', '1.5', '']
  const headers = ['Public-Lines', 'Private-Lines', 'Argon2-Memory', 'Argon2-Passes', 'Argon2-Parallelism']

  test.each(headers.flatMap((name) => numbers.map((value) => [name, value])))('PuTTY: %s: %s', (name = '', value = '') => {
    expect(refused(ppk({ [name]: value }))).toEqual(value === '' ? expect.any(String) : tooMuch(`its ${name}`))
  })

  test('PuTTY: memory and passes that are each small', () => {
    expect(refused(ppk({ 'Argon2-Memory': '65536', 'Argon2-Passes': '65536' }))).toEqual(tooMuch('its Argon2-Passes'))
  })

  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts)
    const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255]
    return Buffer.concat([Buffer.from([tag, ...length]), body])
  }
  const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
  const octets = (length: number) => der(0x04, Buffer.alloc(length, 7))
  const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
  const integer = (value: bigint) => {
    const hex = value.toString(16)
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
    return der(0x02, (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
  }
  const pem = (bytes: Buffer, around = '') =>
    `${around}-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
  const aes = sequence(oid('60864801650304012a'), octets(16))
  const pbes2 = (kdf: Buffer) => sequence(sequence(oid('2a864886f70d01050d'), sequence(kdf, aes)), octets(48))
  const scrypt = (n: bigint, r: bigint, p: bigint) =>
    pbes2(sequence(oid('2b06010401da47040b'), sequence(octets(8), integer(n), integer(r), integer(p))))
  const pbkdf2 = (count: bigint) => pbes2(sequence(oid('2a864886f70d01050c'), sequence(octets(8), integer(count))))
  const pbes1 = (count: bigint) => sequence(sequence(oid('2a864886f70d010503'), sequence(octets(8), integer(count))), octets(48))

  test.each([
    ["scrypt's N × r × p", scrypt(32_768n, 1n, 220_000n)],
    ["scrypt's N × r × p", scrypt(2n, 1_048_576n, 2n)],
    ["scrypt's N", scrypt(2n ** 40n, 1n, 1n)],
    ["scrypt's p", scrypt(2n, 1n, 2n ** 64n)],
    ["scrypt's r", scrypt(2n, 0n, 1n)],
    ['its number of iterations', pbkdf2(2_000_001n)],
    ['its number of iterations', pbkdf2(2n ** 200n)],
    ['its number of iterations', pbes1(10_000_000n)],
  ])('PKCS#8: %s', (what, bytes) => {
    expect(refused(pem(bytes))).toEqual(tooMuch(what))
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(refused(pem(bytes, `Bag Attributes\n${other}`)), 'after another block').toEqual(tooMuch(what))
  })

  test('PKCS#8 that is not what it seems: lengths without an end, or anything left over', () => {
    const good = pbkdf2(2_048n)
    const passphraseIsWrong = readPrivateKey(pem(good), passphrase)
    expect(passphraseIsWrong).toMatchObject({ ok: false, field: 'passphrase' })
    const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), good.subarray(2), Buffer.alloc(2)])
    for (const bytes of [indefinite, Buffer.concat([good, good]), good.subarray(0, -1), Buffer.alloc(0)])
      expect(refused(pem(bytes))).toBe('The private key could not be read.')
  })

  const openssh = (rounds: number) => {
    const text = createSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 16 }).privateKey
    const bytes = Buffer.from(text.replaceAll(/-----[^-]+-----/g, ''), 'base64')
    // The name of the derivation, the length of its options, 16 bytes of salt with their length, and then the rounds.
    bytes.writeUInt32BE(rounds, bytes.indexOf('bcrypt') + 'bcrypt'.length + 4 + 4 + 16)
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
  }

  test.each([0, 101, 2 ** 31, 2 ** 32 - 1])('OpenSSH: %i rounds', (rounds) => {
    expect(refused(openssh(rounds))).toEqual(tooMuch('its number of rounds'))
  })

  test('RSA whose primes are far larger than their product', () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
    const numbers = [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map((number) =>
      packString(Buffer.concat([Buffer.alloc(1), Buffer.from(number ?? '', 'base64url')])),
    )
    const text = (fields: Buffer[]) => {
      const [n, e] = fields as [Buffer, Buffer]
      return formatOpensshKey({
        publicBlob: Buffer.concat([packString('ssh-rsa'), e, n]),
        privateFields: [packString('ssh-rsa'), ...fields],
      })
    }
    expect(readPrivateKey(text(numbers))).toMatchObject({ ok: true })
    const huge = packString(Buffer.concat([Buffer.alloc(1), Buffer.alloc(2_000, 0xff)]))
    expect(refused(text(numbers.with(4, huge)))).toEqual(tooMuch('the length of its numbers in bits'))
  })

  test('a text that is longer than any key', () => {
    expect(refused(`PuTTY-User-Key-File-3: ssh-rsa\n${'A'.repeat(100_000)}`)).toBe('This private key is too long.')
  })
})
