import type { Binary, BSONRegExp, ObjectId, Timestamp } from 'bson'
import { CommandError } from '../command-error.ts'
import { type BsonType, bsonType, type Doc, numericValue } from './values.ts'

/**
 * BSON's order between types; types with the same rank compare with each other.
 * Source: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ (canonicalizeBSONType).
 */
export const TYPE_RANK: Readonly<Record<BsonType, number>> = {
  minKey: 2,
  missing: 8,
  null: 16,
  int: 24,
  long: 24,
  double: 24,
  decimal: 24,
  string: 32,
  object: 40,
  array: 48,
  binData: 56,
  objectId: 64,
  bool: 72,
  date: 80,
  timestamp: 88,
  regex: 96,
  maxKey: 120,
}

export const typeRank = (value: unknown): number => TYPE_RANK[bsonType(value)]

const order = (a: number | bigint | boolean, b: number | bigint | boolean): number => (a < b ? -1 : a > b ? 1 : 0)

const compareNumbers = (a: unknown, b: unknown): number => {
  const x = numericValue(a)
  const y = numericValue(b)
  if (x === undefined || y === undefined) throw new CommandError('BadValue', 'not a number')
  const xIsNan = Number.isNaN(x)
  const yIsNan = Number.isNaN(y)
  return xIsNan || yIsNan ? Number(yIsNan) - Number(xIsNan) : order(x, y)
}

/** Strings in the order of their UTF-8 bytes: JavaScript's own order puts surrogates before U+E000 to U+FFFF. */
const compareStrings = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xIsSurrogate = x >= 0xd800 && x <= 0xdfff
    const yIsSurrogate = y >= 0xd800 && y <= 0xdfff
    return xIsSurrogate === yIsSurrogate ? order(x, y) : xIsSurrogate ? order(0x10000, y) : order(x, 0x10000)
  }
  return order(a.length, b.length)
}

const compareDocs = (a: Doc, b: Doc): number => {
  const xs = Object.entries(a)
  const ys = Object.entries(b)
  for (const [i, [key, value]] of xs.entries()) {
    const other = ys[i]
    if (!other) return 1
    const result = order(typeRank(value), typeRank(other[1])) || compareStrings(key, other[0]) || compareValues(value, other[1])
    if (result !== 0) return result
  }
  return order(xs.length, ys.length)
}

const compareArrays = (a: readonly unknown[], b: readonly unknown[]): number => {
  for (const [i, value] of a.entries()) {
    if (i >= b.length) return 1
    const result = compareValues(value, b[i])
    if (result !== 0) return result
  }
  return order(a.length, b.length)
}

const compareBinaries = (a: Binary, b: Binary): number =>
  order(a.length(), b.length()) || order(a.sub_type, b.sub_type) || Buffer.compare(a.value(), b.value())

const compareRegExps = (a: BSONRegExp, b: BSONRegExp): number =>
  compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options)

/** -1, 0 or 1 by BSON's comparison order, across types too. A missing value sorts before null; callers that see them as one pass null. */
export const compareValues = (a: unknown, b: unknown): number => {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : compareStrings(a, b)
  const type = bsonType(a)
  const byType = order(TYPE_RANK[type], typeRank(b))
  if (byType !== 0) return byType
  switch (type) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return compareNumbers(a, b)
    case 'object':
      return compareDocs(a as Doc, b as Doc)
    case 'array':
      return compareArrays(a as unknown[], b as unknown[])
    case 'binData':
      return compareBinaries(a as Binary, b as Binary)
    case 'objectId':
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id)
    case 'bool':
      return order(a as boolean, b as boolean)
    case 'date':
      return order((a as Date).getTime(), (b as Date).getTime())
    case 'timestamp':
      return order((a as Timestamp).toBigInt(), (b as Timestamp).toBigInt())
    case 'regex':
      return compareRegExps(a as BSONRegExp, b as BSONRegExp)
    default:
      return 0
  }
}

export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0
