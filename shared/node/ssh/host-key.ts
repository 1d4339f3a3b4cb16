import { createHash } from 'node:crypto'
import type { HostKey } from '../../reach/reach-error.ts'

/** The longest name of an algorithm (RFC 4251, section 6). */
const maxNameLength = 64

/** The type and SHA-256 fingerprint of a public key in SSH's wire format (RFC 4253, section 6.6). */
export const describeHostKey = (blob: Buffer): HostKey => ({
  type: blob.toString('latin1', 4, 4 + Math.min(blob.readUInt32BE(0), maxNameLength)),
  sha256: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
})

/** The host key algorithms to offer: those of `type` first, so that a server with several keys presents the pinned one. */
export const hostKeyAlgorithms = (type: string | undefined): ServerHostKeyAlgorithm[] =>
  [...algorithms].sort((a, b) => Number(keyType(b) === type) - Number(keyType(a) === type))

const algorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const

// RFC 8332: the rsa-sha2 algorithms sign with a key whose type is still called ssh-rsa.
const keyType = (algorithm: ServerHostKeyAlgorithm) => (algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm)

type ServerHostKeyAlgorithm = (typeof algorithms)[number]
