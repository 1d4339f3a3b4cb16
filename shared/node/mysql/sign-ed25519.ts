import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'

const { BASE, Fn } = ed25519.Point

const sha512 = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest()
const scalar = (bytes: Uint8Array) => Fn.create(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`))

/**
 * Signs a server's nonce as MariaDB's `client_ed25519` does: Ed25519 (RFC 8032, 5.1.6) with the password, of any length, in the place of
 * the seed of 32 bytes that libraries ask for.
 */
export const signEd25519 = (password: string, nonce: Uint8Array): Buffer => {
  const expanded = sha512(Buffer.from(password))
  const [lower, prefix] = [expanded.subarray(0, 32), expanded.subarray(32)]
  lower[0]! &= 248
  lower[31]! = (lower[31]! & 63) | 64
  const secret = scalar(lower)
  const publicKey = BASE.multiply(secret).toBytes()
  const r = scalar(sha512(prefix, nonce))
  const commitment = BASE.multiply(r).toBytes()
  const challenge = scalar(sha512(commitment, publicKey, nonce))
  return Buffer.concat([commitment, Fn.toBytes(Fn.add(r, Fn.mul(challenge, secret)))])
}
