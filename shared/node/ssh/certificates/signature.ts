import { sign, verify } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import { packMpint, packString, unpackStrings } from '../ssh-wire.ts'

type Algorithm = { keyType: string; hash: 'sha256' | 'sha384' | 'sha512' | null; coordinateBytes?: number }

/** RFC 8709, RFC 5656 and RFC 8332. SHA-1 with RSA is not among them. */
const algorithms: Record<string, Algorithm> = {
  'ssh-ed25519': { keyType: 'ssh-ed25519', hash: null },
  'ecdsa-sha2-nistp256': { keyType: 'ecdsa-sha2-nistp256', hash: 'sha256', coordinateBytes: 32 },
  'ecdsa-sha2-nistp384': { keyType: 'ecdsa-sha2-nistp384', hash: 'sha384', coordinateBytes: 48 },
  'ecdsa-sha2-nistp521': { keyType: 'ecdsa-sha2-nistp521', hash: 'sha512', coordinateBytes: 66 },
  'rsa-sha2-256': { keyType: 'ssh-rsa', hash: 'sha256' },
  'rsa-sha2-512': { keyType: 'ssh-rsa', hash: 'sha512' },
}

/** A signature in SSH's wire format, made with a private key. */
export const signData = (key: ParsedKey, data: Buffer): Buffer => {
  const name = key.type === 'ssh-rsa' ? 'rsa-sha2-512' : key.type
  const { hash, coordinateBytes } = algorithms[name] as Algorithm
  const signature = sign(hash, data, { key: key.getPrivatePEM(), dsaEncoding: 'ieee-p1363' })
  const value = coordinateBytes
    ? Buffer.concat([packMpint(signature.subarray(0, coordinateBytes)), packMpint(signature.subarray(coordinateBytes))])
    : signature
  return Buffer.concat([packString(name), packString(value)])
}

/** Whether the key in SSH's wire format made this signature. False as well for a signature with SHA-1, or of a kind that is not known. */
export const isSignedBy = (keyBlob: Buffer, data: Buffer, signature: Buffer): boolean => {
  const [name, value] = unpackStrings(signature, 2) as [Buffer, Buffer]
  const algorithm = algorithms[name.toString('latin1')]
  const [keyType] = unpackStrings(keyBlob, 1) as [Buffer]
  if (!algorithm || keyType.toString('latin1') !== algorithm.keyType) return false
  const { hash, coordinateBytes } = algorithm
  const parsed = ssh2.utils.parseKey(`${algorithm.keyType} ${keyBlob.toString('base64')}`)
  if (parsed instanceof Error) return false
  // workerd takes no KeyObject here.
  const key = parsed.getPublicPEM()
  const raw = coordinateBytes ? joinCoordinates(value, coordinateBytes) : value
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, raw)
}

/** Two mpints as two numbers of a fixed length. @throws RangeError for what is longer */
const joinCoordinates = (value: Buffer, bytes: number): Buffer =>
  Buffer.concat(
    unpackStrings(value, 2).map((number) => {
      const digits = number[0] === 0 ? number.subarray(1) : number
      if (digits.length > bytes) throw new RangeError('a number is too long')
      return Buffer.concat([Buffer.alloc(bytes - digits.length), digits])
    }),
  )
