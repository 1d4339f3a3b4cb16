import { Binary, BSONRegExp, Decimal128, Double, deserialize, Int32, Long, MaxKey, MinKey, ObjectId, serialize, Timestamp } from 'bson'
import { CommandError } from '../command-error.ts'

/** A document as the engine works on it: every BSON number keeps its type (`Int32`, `Double`, `Long`, `Decimal128`). */
export type Doc = Record<string, unknown>

/** The names of BSON's types, as `$type` spells them; `missing` is a field that is not there. */
export type BsonType =
  | 'missing'
  | 'minKey'
  | 'null'
  | 'int'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'maxKey'

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

/** Decodes one BSON document without losing any type. Throws `BSONError` when the bytes are not BSON. */
export const decodeDoc = (bytes: Uint8Array): Doc => deserialize(bytes, { promoteValues: false, bsonRegExp: true })

/** Encodes a document. Throws BSONObjectTooLarge above 16 MB. */
export const encodeDoc = (doc: Doc): Uint8Array => {
  const bytes = serialize(doc, { ignoreUndefined: true })
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}`,
    )
  }
  return bytes
}

const isInt32 = (value: number): boolean => Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff && !Object.is(value, -0)

const objectType = (value: object): BsonType => {
  if (value instanceof Int32) return 'int'
  if (value instanceof ObjectId) return 'objectId'
  if (value instanceof Date) return 'date'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Double) return 'double'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Long) return 'long'
  if (value instanceof Binary) return 'binData'
  if (value instanceof Decimal128) return 'decimal'
  if (value instanceof BSONRegExp) return 'regex'
  if (value instanceof MinKey) return 'minKey'
  if (value instanceof MaxKey) return 'maxKey'
  if ('_bsontype' in value) throw new CommandError('NotImplemented', `BSON type ${String(value._bsontype)} is not supported`)
  return 'object'
}

/** The BSON type of a decoded value. Throws NotImplemented for the types that the engine does not store (code, symbol, DBRef). */
export const bsonType = (value: unknown): BsonType => {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'object':
      return value === null ? 'null' : objectType(value)
    case 'boolean':
      return 'bool'
    case 'number':
      return isInt32(value) ? 'int' : 'double'
    case 'undefined':
      return 'missing'
    default:
      throw new CommandError('NotImplemented', `A value of type ${typeof value} is not supported`)
  }
}

export const isDoc = (value: unknown): value is Doc => typeof value === 'object' && value !== null && bsonType(value) === 'object'

/** A BSON number as a JavaScript one: a `bigint` only where a double would lose digits; `undefined` when it is not a number. */
export const numericValue = (value: unknown): number | bigint | undefined => {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Int32 || value instanceof Double) return value.value
  if (value instanceof Timestamp) return undefined
  if (value instanceof Long) {
    const rounded = value.toNumber()
    return Number.isSafeInteger(rounded) ? rounded : value.toBigInt()
  }
  if (value instanceof Decimal128) throw new CommandError('NotImplemented', 'Comparing Decimal128 values is not supported')
  return undefined
}

/** A whole number from a command's argument, `fallback` when it is absent. Throws TypeMismatch for anything else. */
export const wholeNumber = (value: unknown, name: string, fallback: number): number => {
  if (value === undefined || value === null) return fallback
  const number = numericValue(value)
  if (typeof number !== 'number' || !Number.isInteger(number)) throw new CommandError('TypeMismatch', `'${name}' must be a whole number`)
  return number
}

/** True as MongoDB reads a flag: any number but 0, any other value but false, null and missing. */
export const truthy = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false) return false
  const number = numericValue(value)
  return number === undefined || Number(number) !== 0
}

/** A copy whose documents and arrays are new; leaves are shared, because nothing changes them. */
export const cloneValue = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(cloneValue) as T
  if (!isDoc(value)) return value
  const copy: Doc = {}
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, cloneValue(item))
  return copy as T
}

/** Reads an own field, so that a path such as `constructor` finds nothing. */
export const getOwn = (doc: Doc, key: string): unknown => (Object.hasOwn(doc, key) ? doc[key] : undefined)

/** Sets an own field, whatever its name. */
export const setOwn = (doc: Doc, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(doc, key, { value, writable: true, enumerable: true, configurable: true })
  else doc[key] = value
}
