import { packString, readWire, unpackAllStrings, unpackStrings } from '../ssh-wire.ts'

/** An OpenSSH certificate: a public key with what its authority says of it. */
export type Certificate = {
  blob: Buffer
  /** Of the certified key, in SSH's wire format. */
  publicKey: Buffer
  role: 'user' | 'host' | 'unknown'
  principals: readonly string[]
  /** In seconds since 1970. Valid from `validAfter` on and before `validBefore`. */
  validAfter: bigint
  validBefore: bigint
  criticalOptions: readonly string[]
  /** The authority's public key in SSH's wire format. */
  authority: Buffer
  signature: Buffer
  /** What the signature covers. */
  signed: Buffer
}

const suffix = '-cert-v01@openssh.com'
const roles = new Map([
  [1, 'user'],
  [2, 'host'],
] as const)

/** How many strings make up a public key, after its type. */
const keyFields: Record<string, number> = {
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-rsa': 2,
}

/** The algorithm of a certificate for this one of plain keys. */
export const certificateAlgorithm = (algorithm: string): string => `${algorithm}${suffix}`

/** The algorithm that a certificate's key signs with; `null` for one that is no certificate's. */
export const plainAlgorithm = (algorithm: string): string | null => (algorithm.endsWith(suffix) ? algorithm.slice(0, -suffix.length) : null)

/** Reads a certificate in SSH's wire format (PROTOCOL.certkeys in OpenSSH's sources). @throws Error when it is none, or damaged */
export const readCertificate = (blob: Buffer): Certificate => {
  const wire = readWire(blob)
  const type = plainAlgorithm(wire.string().toString('latin1')) ?? ''
  const fields = keyFields[type]
  if (fields === undefined) throw new Error('not a certificate of a known type')
  wire.string()
  const key = Array.from({ length: fields }, () => packString(wire.string()))
  wire.uint64()
  const role = roles.get(wire.uint32() as 1 | 2) ?? 'unknown'
  wire.string()
  const principals = unpackAllStrings(wire.string()).map(String)
  const [validAfter, validBefore] = [wire.uint64(), wire.uint64()]
  const options = unpackAllStrings(wire.string())
  wire.string()
  wire.string()
  const authority = wire.string()
  const signed = blob.subarray(0, wire.offset)
  const signature = wire.string()
  if (wire.rest().length > 0) throw new Error('something follows the certificate')
  return {
    blob,
    publicKey: Buffer.concat([packString(type), ...key]),
    role,
    principals,
    validAfter,
    validBefore,
    // Each name is followed by its value.
    criticalOptions: options.filter((_, index) => index % 2 === 0).map(String),
    authority,
    signature,
    signed,
  }
}

/** Reads a line as `ssh-keygen -s` writes it to a file `*-cert.pub`. @throws Error when it is no certificate, or damaged */
export const readCertificateLine = (line: string): Certificate => {
  const [type = '', base64 = ''] = line.trim().split(/\s+/)
  const certificate = readCertificate(Buffer.from(base64, 'base64'))
  const [name] = unpackStrings(certificate.blob, 1) as [Buffer]
  if (name.toString('latin1') !== type) throw new Error('the line names another type')
  return certificate
}

/** Why a certificate is not valid at this time, such as `expired on 2026-11-24`; `null` when it is. */
export const describeValidity = ({ validAfter, validBefore }: Certificate, now: Date): string | null => {
  const seconds = BigInt(Math.floor(now.getTime() / 1000))
  if (seconds < validAfter) return `is valid from ${dateOf(validAfter)} on`
  return seconds < validBefore ? null : `expired on ${dateOf(validBefore)}`
}

const maxSeconds = 8_640_000_000_000n

const dateOf = (seconds: bigint): string => {
  if (seconds > maxSeconds) return 'a day after all days'
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}
