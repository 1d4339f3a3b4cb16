import crypto, { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ed25519Key, type PlainKey } from './format-openssh-key.ts'
import { KeyProblem, passphraseProblem } from './key-problem.ts'
import { keyLimits, limitClaim } from './key-work.ts'
import { packString, unpackStrings } from './ssh-wire.ts'

type Ppk = { version: string; algorithm: string; headers: Map<string, string>; publicBlob: Buffer; privateBlob: Buffer }
type Keys = { cipherKey: Uint8Array; iv: Uint8Array; macKey: Uint8Array }

/**
 * Reads a key file of PuTTY, version 2 or 3, and checks its MAC (PuTTY's manual, appendix C: "PPK file format").
 * @throws KeyProblem
 */
export const readPpk = (text: string, passphrase: string | undefined): PlainKey => {
  const ppk = parse(text)
  const encryption = header(ppk, 'Encryption')
  if (encryption !== 'none' && encryption !== 'aes256-cbc')
    throw new KeyProblem('privateKey', 'The encryption of this PuTTY key is not supported.')
  const encrypted = encryption !== 'none'
  if (encrypted && !passphrase) throw passphraseProblem(passphrase)
  const keys = deriveKeys(ppk, encrypted ? passphrase : undefined)
  const secret = encrypted ? decrypt(ppk.privateBlob, keys) : ppk.privateBlob
  const signed = [ppk.algorithm, encryption, header(ppk, 'Comment'), ppk.publicBlob, secret].map(packString)
  const mac = createHmac(ppk.version === '2' ? 'sha1' : 'sha256', keys.macKey)
    .update(Buffer.concat(signed))
    .digest()
  const expected = Buffer.from(header(ppk, 'Private-MAC'), 'hex')
  if (expected.length === mac.length && timingSafeEqual(expected, mac)) return splitKey(ppk, secret)
  throw encrypted ? passphraseProblem(passphrase) : damaged()
}

const damaged = () => new KeyProblem('privateKey', 'The PuTTY key is damaged.')

const parse = (text: string): Ppk => {
  const lines = text.split(/\r?\n/)
  const headers = new Map<string, string>()
  const blobs = new Map<string, Buffer>()
  for (let index = 0; index < lines.length; index++) {
    const [name, value] = (lines[index] ?? '').split(/: (.*)/)
    if (name === undefined || value === undefined) continue
    headers.set(name, value)
    if (!name.endsWith('-Lines')) continue
    const count = limitClaim(`its ${name}`, wholeNumber(value), keyLimits.ppkLines)
    blobs.set(name, Buffer.from(lines.slice(index + 1, index + 1 + count).join(''), 'base64'))
    index += count
  }
  const [first, algorithm] = [...headers][0] ?? []
  const version = first?.slice('PuTTY-User-Key-File-'.length)
  const [publicBlob, privateBlob] = [blobs.get('Public-Lines'), blobs.get('Private-Lines')]
  if (version !== '2' && version !== '3') throw new KeyProblem('privateKey', 'Only versions 2 and 3 of PuTTY keys are supported.')
  if (!algorithm || !publicBlob || !privateBlob) throw damaged()
  return { version, algorithm, headers, publicBlob, privateBlob }
}

/** NaN for what is not written in digits alone. */
const wholeNumber = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Number.NaN)

const header = ({ headers }: Ppk, name: string): string => {
  const value = headers.get(name)
  if (value === undefined) throw damaged()
  return value
}

const deriveKeys = (ppk: Ppk, passphrase: string | undefined): Keys => {
  if (ppk.version === '2') {
    const sha1 = (...parts: (Uint8Array | string)[]) =>
      createHash('sha1')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
        .digest()
    const halves = [0, 1].map((counter) => sha1(Buffer.from([0, 0, 0, counter]), passphrase ?? ''))
    return {
      cipherKey: Buffer.concat(halves).subarray(0, 32),
      iv: Buffer.alloc(16),
      macKey: sha1('putty-private-key-file-mac-key', passphrase ?? ''),
    }
  }
  if (passphrase === undefined) return { cipherKey: Buffer.alloc(0), iv: Buffer.alloc(0), macKey: Buffer.alloc(0) }
  const derived = argon2(ppk, passphrase)
  return { cipherKey: derived.subarray(0, 32), iv: derived.subarray(32, 48), macKey: derived.subarray(48, 80) }
}

const argon2 = (ppk: Ppk, passphrase: string): Buffer => {
  const variant = header(ppk, 'Key-Derivation').toLowerCase()
  if (variant !== 'argon2id' && variant !== 'argon2i' && variant !== 'argon2d') throw damaged()
  const claim = (name: string, limit: number) => limitClaim(`its ${name}`, wholeNumber(header(ppk, name)), limit)
  const memory = claim('Argon2-Memory', keyLimits.argon2MemoryKib)
  const passes = claim('Argon2-Passes', Math.floor(keyLimits.argon2Work / memory))
  const parallelism = claim('Argon2-Parallelism', keyLimits.argon2Parallelism)
  const nonce = Buffer.from(header(ppk, 'Argon2-Salt'), 'hex')
  // workerd's crypto has no Argon2.
  if (!crypto.argon2Sync) throw new KeyProblem('privateKey', 'This platform cannot open a PPK file that is encrypted with Argon2.')
  return crypto.argon2Sync(variant, { message: Buffer.from(passphrase), nonce, memory, passes, parallelism, tagLength: 80 })
}

const decrypt = (blob: Buffer, { cipherKey, iv }: Keys): Buffer => {
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv).setAutoPadding(false)
  return Buffer.concat([decipher.update(blob), decipher.final()])
}

const splitKey = ({ algorithm, publicBlob }: Ppk, secret: Buffer): PlainKey => {
  if (algorithm === 'ssh-rsa') {
    const [type, e, n] = unpackStrings(publicBlob, 3).map(packString) as [Buffer, Buffer, Buffer]
    const [d, p, q, inverse] = unpackStrings(secret, 4).map(packString) as [Buffer, Buffer, Buffer, Buffer]
    return { publicBlob, privateFields: [type, n, e, d, inverse, p, q] }
  }
  const [number] = unpackStrings(secret, 1) as [Buffer]
  if (algorithm.startsWith('ecdsa-sha2-')) return { publicBlob, privateFields: [publicBlob, packString(number)] }
  if (algorithm !== 'ssh-ed25519') throw new KeyProblem('privateKey', 'The type of this PuTTY key is not supported.')
  // PuTTY writes the seed as a little-endian number, without the zero bytes that would end it.
  const seed = Buffer.concat([number, Buffer.alloc(32)]).subarray(0, 32)
  return ed25519Key(seed, unpackStrings(publicBlob, 2)[1] as Buffer)
}
