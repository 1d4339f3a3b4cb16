import { BSONRegExp } from 'bson'
import { TYPE_RANK } from '../bson/compare-values.ts'
import { encodeValue } from '../bson/key-encoding.ts'
import { bsonType, type Doc, isDoc, numericValue } from '../bson/values.ts'
import { isOperatorDoc } from './conditions.ts'

/** One condition on one field, all of which a query demands together. */
export type Conjunct = { path: string; condition: unknown }

type Edge = { key: Buffer; inclusive: boolean }

/** What a condition allows of a field: single points, or a range within one type. `exact` when it allows nothing else and all of it. */
export type Bounds = { points?: unknown[]; rank: number; low?: Edge; high?: Edge; exact: boolean }

/** The conditions of a query and of its `$and`s; what is not a field's condition keeps its operator as path. */
export const conjunctsOf = (filter: Doc): Conjunct[] =>
  Object.entries(filter).flatMap(([path, condition]) =>
    path === '$and' && Array.isArray(condition)
      ? condition.flatMap((item) => (isDoc(item) ? conjunctsOf(item) : [{ path, condition }]))
      : [{ path, condition }],
  )

const isPoint = (value: unknown): boolean => !Array.isArray(value) && !(value instanceof BSONRegExp) && value !== undefined

const pointsOf = (values: readonly unknown[]): Bounds | undefined => {
  if (!values.every(isPoint)) return undefined
  const unique = new Map(values.map((value) => [encodeValue(value).toString('latin1'), value]))
  return { points: [...unique.values()], rank: 0, exact: true }
}

const isRangeOperand = (value: unknown): boolean => {
  const type = bsonType(value)
  return !['null', 'missing', 'minKey', 'maxKey', 'array', 'regex'].includes(type) && !Number.isNaN(numericValue(value))
}

const RANGE = new Set(['$gt', '$gte', '$lt', '$lte'])

const rangeOf = (condition: Doc, multikey: boolean): Bounds | undefined => {
  let bounds: Bounds | undefined
  const names = Object.keys(condition)
  for (const [name, operand] of Object.entries(condition)) {
    if (!RANGE.has(name) || !isRangeOperand(operand)) continue
    const rank = TYPE_RANK[bsonType(operand)]
    if (bounds && bounds.rank !== rank) continue
    bounds ??= { rank, exact: bsonType(operand) !== 'int' && bsonType(operand) !== 'double' && bsonType(operand) !== 'long' }
    const edge = { key: encodeValue(operand), inclusive: name.endsWith('e') }
    if (name.startsWith('$g')) bounds.low ??= edge
    else bounds.high ??= edge
    // Different elements of an array may satisfy the two sides.
    if (multikey) break
  }
  if (!bounds) return undefined
  const sides = Number(bounds.low !== undefined) + Number(bounds.high !== undefined)
  return { ...bounds, exact: bounds.exact && sides === names.length }
}

/** The bounds of a condition, or undefined when an index does not help with it. A number's range also holds NaN, so it is not exact. */
export const fieldBounds = (condition: unknown, multikey: boolean): Bounds | undefined => {
  if (!isOperatorDoc(condition)) return pointsOf([condition])
  const exactly = Object.keys(condition).length === 1
  if ('$eq' in condition) {
    const bounds = pointsOf([condition['$eq']])
    return bounds && { ...bounds, exact: exactly }
  }
  const list = condition['$in']
  if (Array.isArray(list)) {
    const bounds = pointsOf(list)
    return bounds && { ...bounds, exact: exactly }
  }
  return rangeOf(condition, multikey)
}
