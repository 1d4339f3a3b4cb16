import { KeyProblem } from './key-problem.ts'
import { keyLimits, limitClaim } from './key-work.ts'

type Leaf = { tag: number; value: Buffer }

const integerTag = 0x02
const octetsTag = 0x04
const sequenceTag = 0x30
/** 1.3.6.1.4.1.11591.4.11 (RFC 7914, section 7). */
const scryptOid = Buffer.from('2b06010401da47040b', 'hex')
const maxDepth = 8
/** More bytes than a count that is allowed can have. */
const maxIntegerBytes = 6

const damaged = () => new KeyProblem('privateKey', 'The private key could not be read.')

/** The values that follow one another in DER (ITU-T X.690): definite lengths only, and nothing left over. */
const readValues = (der: Buffer): Leaf[] => {
  const values: Leaf[] = []
  for (let at = 0; at < der.length; ) {
    const [tag, first] = [der[at], der[at + 1]]
    if (tag === undefined || first === undefined || first === 0x80 || first > 0x82) throw damaged()
    const lengthBytes = first > 0x80 ? first - 0x80 : 0
    const start = at + 2 + lengthBytes
    if (start > der.length) throw damaged()
    const end = start + (lengthBytes > 0 ? der.readUIntBE(at + 2, lengthBytes) : first)
    if (end > der.length) throw damaged()
    values.push({ tag, value: der.subarray(start, end) })
    at = end
  }
  return values
}

const leavesOf = (der: Buffer, depth = 0): Leaf[] => {
  if (depth > maxDepth) throw damaged()
  return readValues(der).flatMap((leaf) => (leaf.tag === sequenceTag ? leavesOf(leaf.value, depth + 1) : [leaf]))
}

const numberOf = ({ value }: Leaf): number =>
  value.length === 0 || value.length > maxIntegerBytes ? Number.POSITIVE_INFINITY : value.readIntBE(0, value.length)

/**
 * Looks at what an encrypted PKCS#8 file in DER asks of its derivation (RFC 8018, RFC 7914): its algorithm's first number is the count of
 * iterations, or scrypt's three are N, r and p. @throws KeyProblem when that is too much, or the file is damaged
 */
export const checkPkcs8Work = (der: Buffer): void => {
  const [info, ...rest] = readValues(der)
  if (info?.tag !== sequenceTag || rest.length > 0) throw damaged()
  const [algorithm, secret, ...more] = readValues(info.value)
  if (algorithm?.tag !== sequenceTag || secret?.tag !== octetsTag || more.length > 0) throw damaged()
  const leaves = leavesOf(algorithm.value)
  const numbers = leaves.filter(({ tag }) => tag === integerTag).map(numberOf)
  if (leaves.some(({ value }) => value.equals(scryptOid))) {
    const [n = 0, r = 0, p = 0] = numbers
    for (const [what, number] of Object.entries({ N: n, r, p })) limitClaim(`scrypt's ${what}`, number, keyLimits.scryptWork)
    limitClaim("scrypt's N × r × p", n * r * p, keyLimits.scryptWork)
  }
  for (const number of numbers) limitClaim('its number of iterations', number, keyLimits.iterations)
}
