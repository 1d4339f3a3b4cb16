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
