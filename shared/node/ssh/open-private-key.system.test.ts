import { generateKeyPairSync } from 'node:crypto'
import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { openPrivateKey } from './open-private-key.ts'

const passphrase = 'correct horse'
const encrypt = (type: 'ed25519' | 'rsa' | 'ecdsa', rounds: number) => {
  const options = { passphrase, cipher: 'aes256-ctr', rounds }
  if (type === 'ed25519') return createSshKey(options).privateKey
  return ssh2.utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256, ...options } as { bits: 256 }).private
}

/** The longest time that nothing else ran in this process while `work` did, in milliseconds. */
const longestPause = async (work: () => Promise<unknown>): Promise<number> => {
  let [longest, lastAt] = [0, performance.now()]
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - lastAt)
    lastAt = now
  }
  const timer = setInterval(look, 5)
  await work()
  look()
  clearInterval(timer)
  return longest
}

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('opens an encrypted key as it was before (%s)', async (type) => {
  const text = encrypt(type, 1)
  const opened = await openPrivateKey(text, passphrase)
  if (!opened.ok) throw new Error(opened.message)
  const [expected] = [ssh2.utils.parseKey(text, passphrase)].flat()
  if (expected === undefined || expected instanceof Error) throw expected
  expect(opened.key.getPublicSSH()).toEqual(expected.getPublicSSH())
  const signature = opened.key.sign(Buffer.from('text'))
  expect(expected.verify(Buffer.from('text'), signature as unknown as Buffer)).toBe(true)
})

test('the process goes on while a key with many rounds opens, and a key that opened once opens at once', async () => {
  const text = encrypt('ed25519', 60)
  const startedAt = performance.now()
  const pause = await longestPause(() => openPrivateKey(text, passphrase))
  const tookMs = performance.now() - startedAt
  expect(pause).toBeLessThan(tookMs / 2)
  const againAt = performance.now()
  expect(await openPrivateKey(text, passphrase)).toMatchObject({ ok: true, type: 'ssh-ed25519' })
  expect(performance.now() - againAt).toBeLessThan(tookMs / 5)
})

test('blames the passphrase, each time, when it does not open the key', async () => {
  const text = encrypt('ed25519', 1)
  const wrong = { ok: false, field: 'passphrase', message: 'The passphrase does not open this private key.' }
  expect(await openPrivateKey(text, 'wrong')).toEqual(wrong)
  expect(await openPrivateKey(text, 'wrong')).toEqual(wrong)
  expect(await openPrivateKey(text)).toMatchObject({ field: 'passphrase', message: 'This private key needs its passphrase.' })
  expect(await openPrivateKey(text, passphrase)).toMatchObject({ ok: true })
})

test('refuses a PKCS#8 key that asks for more work than a key needs, before it is spent', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()
  expect(await openPrivateKey(text, passphrase)).toMatchObject({ ok: true })
  const body = Buffer.from(text.replaceAll(/-----[^-]+-----/g, ''), 'base64')
  // PBKDF2's iterations, 2,048, stand in two bytes; the greatest number of two bytes would still be taken.
  const at = body.indexOf(Buffer.from([0x02, 0x02, 0x08, 0x00]))
  expect(at).toBeGreaterThan(0)
  const costly = Buffer.concat([body.subarray(0, at), Buffer.from([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]), body.subarray(at + 4)])
  // The four sequences around it grow by the two bytes.
  for (const offset of sequencesAround(costly, at)) costly.writeUInt8(costly.readUInt8(offset) + 2, offset)
  const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${costly.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
  const message = 'This private key takes too much work to open.'
  expect(await openPrivateKey(pem, passphrase)).toEqual({ ok: false, field: 'privateKey', message })
})

/** An encrypted PKCS#8 file that names these parameters of scrypt (RFC 7914) and holds nothing that opens. */
const scryptPem = (n: number, r: number, p: number): string => {
  const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
    const body = Buffer.concat(parts)
    return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x81, body.length]), body])
  }
  const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
  const whole = (value: number) => der(0x02, Buffer.from(value.toString(16).padStart(8, '0'), 'hex'))
  const kdf = der(0x30, oid('2b06010401da47040b'), der(0x30, der(0x04, Buffer.alloc(8)), whole(n), whole(r), whole(p)))
  const cipher = der(0x30, oid('60864801650304012a'), der(0x04, Buffer.alloc(16)))
  const scheme = der(0x30, oid('2a864886f70d01050d'), der(0x30, kdf, cipher))
  const pem = der(0x30, scheme, der(0x04, Buffer.alloc(64))).toString('base64')
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${pem}\n-----END ENCRYPTED PRIVATE KEY-----\n`
}

test.each([
  [32_768, 1, 220_000],
  [1 << 20, 8, 1],
  [2, 1, 0x7fffffff],
])('refuses scrypt parameters whose product is too much, however small each looks: N %i, r %i, p %i', async (n, r, p) => {
  const startedAt = performance.now()
  expect(await openPrivateKey(scryptPem(n, r, p), passphrase)).toMatchObject({
    field: 'privateKey',
    message: expect.stringContaining('too much work'),
  })
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(await openPrivateKey(scryptPem(16_384, 8, 1), passphrase)).toMatchObject({ field: 'passphrase' })
})

test('gives up on a key after 2 s of processor time, and goes on with others', async () => {
  const text = encrypt('ed25519', 1)
  const at = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64')
  // The last number of the derivation's options are its rounds.
  at.writeUInt32BE(1_000_000, at.indexOf('bcrypt') + 6 + 4 + 4 + 16)
  const costly = `-----BEGIN OPENSSH PRIVATE KEY-----\n${at.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
  const pause = await longestPause(async () => {
    const [refused, opened] = await Promise.all([openPrivateKey(costly, passphrase), openPrivateKey(text, passphrase)])
    expect(refused).toMatchObject({ ok: false, field: 'privateKey', message: expect.stringContaining('more than 2 s') })
    expect(opened).toMatchObject({ ok: true })
  })
  expect(pause).toBeLessThan(500)
})

test.each(['-1', '1e9', '3.5', 'many', '21'])('refuses a PPK file with %s lines at once', async (lines) => {
  const ppk = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: ${lines}\n${'AAAA\n'.repeat(20)}`
  expect(await openPrivateKey(ppk)).toMatchObject({ ok: false, field: 'privateKey', message: 'The PuTTY key is damaged.' })
})

/** Where the last length byte of each sequence that holds `at` stands. */
const sequencesAround = (der: Buffer, at: number): number[] => {
  const found: number[] = []
  for (let offset = 0; offset < at; ) {
    const isLong = der.readUInt8(offset + 1) >= 0x80
    const bytes = isLong ? der.readUInt8(offset + 1) - 0x80 : 0
    const length = isLong ? der.readUIntBE(offset + 2, bytes) : der.readUInt8(offset + 1)
    const start = offset + 2 + bytes
    if (der[offset] === 0x30 && start <= at && at < start + length) {
      found.push(start - 1)
      offset = start
    } else offset = start + length
  }
  return found
}
