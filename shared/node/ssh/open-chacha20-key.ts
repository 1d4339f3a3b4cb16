import crypto, { createDecipheriv, timingSafeEqual } from 'node:crypto'
import { KeyProblem } from './key-problem.ts'

/** Of Node 26.10, not yet in its types. */
type Mac = { update(data: Buffer): Mac; final(): Buffer }
const { createMac } = crypto as { createMac?: (algorithm: 'poly1305', key: Buffer) => Mac }

/**
 * Opens what chacha20-poly1305@openssh.com encrypted with sequence number 0 and no length: OpenSSH's key files. Returns null where the tag
 * does not match (PROTOCOL.chacha20poly1305 in OpenSSH's sources; the second half of its key, which encrypts lengths, has no use here).
 */
export const openChacha20Key = (cipherKey: Buffer, encrypted: Buffer, tag: Buffer): Buffer | null => {
  // workerd's crypto has neither this MAC nor this cipher.
  if (!createMac) {
    const message = 'This platform cannot open a key that is encrypted with chacha20-poly1305: encrypt it with aes256-ctr.'
    throw new KeyProblem('privateKey', message)
  }
  const key = cipherKey.subarray(0, 32)
  const expected = createMac('poly1305', chacha20(key, 0, Buffer.alloc(32)))
    .update(encrypted)
    .final()
  return tag.length === expected.length && timingSafeEqual(tag, expected) ? chacha20(key, 1, encrypted) : null
}

const chacha20 = (key: Buffer, block: number, text: Buffer): Buffer => {
  // The number of the first block, and a nonce of zeros.
  const iv = Buffer.alloc(16)
  iv.writeUInt32LE(block)
  return createDecipheriv('chacha20', key, iv).update(text)
}
