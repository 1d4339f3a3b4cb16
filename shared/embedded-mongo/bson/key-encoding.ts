import type { Binary, BSONRegExp, ObjectId, Timestamp } from 'bson'
import { CommandError } from '../command-error.ts'
import { TYPE_RANK } from './compare-values.ts'
import { bsonType, type Doc, numericValue } from './values.ts'

/**
 * Values as bytes whose unsigned order (SQLite's order of BLOBs) is BSON's order. Each value is its type's rank, then a payload, and
 * no encoding is a prefix of another one, so that compound keys are concatenations and a descending field is the complement.
 * The idea is that of MongoDB's KeyString and FoundationDB's tuple layer.
 */
const END = Buffer.from([0])

/** Text or bytes of unknown length: 00 is escaped as 00 FF, and 00 01 ends it. */
const encodeBytes = (bytes: Uint8Array): Buffer => {
  const out: number[] = []
  for (const byte of bytes) {
    out.push(byte)
    if (byte === 0) out.push(0xff)
  }
  out.push(0, 1)
  return Buffer.from(out)
}

const encodeText = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8')
  return bytes.includes(0) ? encodeBytes(bytes) : Buffer.concat([bytes, Buffer.from([0, 1])])
}

/** The double with its sign folded so that bytes order like numbers, then how far an int64 lies from that double. NaN comes first. */
const encodeNumber = (value: number | bigint): Buffer => {
  const out = Buffer.alloc(10)
  const double = Number(value)
  if (Number.isNaN(double)) return out
  out.writeDoubleBE(double === 0 ? 0 : double)
  if (out[0]! & 0x80) for (let i = 0; i < 8; i++) out[i] = ~out[i]! & 0xff
  else out[0] = out[0]! | 0x80
  const rest = typeof value === 'bigint' ? Number(value - BigInt(double)) : 0
  out.writeUInt16BE(rest + 0x8000, 8)
  return out
}

const encodeInt64 = (value: bigint): Buffer => {
  const out = Buffer.alloc(8)
  out.writeBigUInt64BE(BigInt.asUintN(64, value + 0x8000000000000000n))
  return out
}

const encodeDocPayload = (doc: Doc): Buffer => {
  const parts: Buffer[] = []
  for (const [key, value] of Object.entries(doc)) {
    const encoded = encodeValue(value)
    parts.push(encoded.subarray(0, 1), encodeText(key), encoded.subarray(1))
  }
  return Buffer.concat([...parts, END])
}

const encodeBinary = (binary: Binary): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(binary.length())
  head[4] = binary.sub_type
  return Buffer.concat([head, binary.value()])
}

const payload = (value: unknown): Uint8Array => {
  switch (bsonType(value)) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return encodeNumber(numericValue(value) ?? 0)
    case 'string':
      return encodeText(value as string)
    case 'object':
      return encodeDocPayload(value as Doc)
    case 'array':
      return Buffer.concat([...(value as unknown[]).map(encodeValue), END])
    case 'binData':
      return encodeBinary(value as Binary)
    case 'objectId':
      return (value as ObjectId).id
    case 'bool':
      return Buffer.from([value ? 2 : 1])
    case 'date':
      return encodeInt64(BigInt((value as Date).getTime()))
    case 'timestamp':
      return encodeInt64((value as Timestamp).toBigInt() - 0x8000000000000000n)
    case 'regex':
      return Buffer.concat([encodeText((value as BSONRegExp).pattern), encodeText((value as BSONRegExp).options)])
    default:
      return Buffer.alloc(0)
  }
}

/** The ascending encoding of one value; its first byte is the type's rank. A missing value is the marker that an empty array leaves. */
export const encodeValue = (value: unknown): Buffer => Buffer.concat([Buffer.from([TYPE_RANK[bsonType(value)]]), payload(value)])

/** The complement of an encoding, which sorts in the opposite direction. */
export const invertKey = (key: Buffer): Buffer => Buffer.from(key.map((byte) => ~byte & 0xff))

/** MongoDB has no such limit since 4.2; it guards SQLite's pages from keys as large as documents. */
const MAX_KEY_BYTES = 64 * 1024

/** The key of one index entry. `directions` are the index's, 1 or -1 for each value. Throws BadValue when the key is too long. */
export const encodeKey = (values: readonly unknown[], directions: readonly (1 | -1)[]): Buffer => {
  const key = Buffer.concat(values.map((value, i) => (directions[i] === -1 ? invertKey(encodeValue(value)) : encodeValue(value))))
  if (key.length > MAX_KEY_BYTES) throw new CommandError('BadValue', `An index key of ${key.length} bytes is too long`)
  return key
}
