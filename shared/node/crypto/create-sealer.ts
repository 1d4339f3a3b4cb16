import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { type SealContext, SealError, type Sealer } from '../../sealer.ts'

/** AES-256-GCM with the 96-bit nonce and 128-bit tag of NIST SP 800-38D. */
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

const keyId = (key: Uint8Array) => createHash('sha256').update('jobtalk-admin key id\0').update(key).digest('base64url').slice(0, 8)
const additionalData = (context: SealContext) => Buffer.from(JSON.stringify([context.collection, context.id, context.field]))

/** Seals under `current` and opens what `current` or one of `previous` sealed. Keys are 32 bytes. */
export const createSealer = (current: Uint8Array, previous: readonly Uint8Array[] = []): Sealer => {
  const currentId = keyId(current)
  const keys = new Map([...previous, current].map((key) => [keyId(key), key]))
  return {
    seal: (plaintext, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, current, nonce).setAAD(additionalData(context))
      const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1:${currentId}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`
    },
    open: (envelope, context) => {
      const [version, id, nonce, sealed, ...rest] = envelope.split(':')
      if (version !== 'v1' || !id || !nonce || !sealed || rest.length > 0) throw new SealError('This is not a sealed value.')
      const key = keys.get(id)
      if (!key) throw new SealError(`The key ${id}, which sealed this value, is not configured.`)
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < tagBytes) throw new SealError('The sealed value is incomplete.')
      try {
        const decipher = createDecipheriv(algorithm, key, Buffer.from(nonce, 'base64url'), { authTagLength: tagBytes })
        decipher.setAAD(additionalData(context)).setAuthTag(bytes.subarray(-tagBytes))
        return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new SealError('The sealed value was moved or changed.', { cause })
      }
    },
    isCurrent: (envelope) => envelope.startsWith(`v1:${currentId}:`),
  }
}
