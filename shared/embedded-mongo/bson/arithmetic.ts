import { Double, Int32, Long } from 'bson'
import { CommandError } from '../command-error.ts'
import { bsonType, numericValue } from './values.ts'

const NUMERIC = new Set(['int', 'long', 'double'])

/** True for the numbers that arithmetic works on: all but Decimal128. */
export const isNumber = (value: unknown): boolean => NUMERIC.has(bsonType(value))

const isDouble = (value: unknown): boolean => bsonType(value) === 'double'

/** MongoDB's numeric promotion: ints overflow into longs, a double makes a double. Throws BadValue beyond 64 bits. */
const combine = (
  a: unknown,
  b: unknown,
  doubles: (x: number, y: number) => number,
  integers: (x: bigint, y: bigint) => bigint,
): unknown => {
  const x = numericValue(a) ?? 0
  const y = numericValue(b) ?? 0
  if (isDouble(a) || isDouble(b)) return new Double(doubles(Number(x), Number(y)))
  const result = integers(BigInt(x), BigInt(y))
  if (bsonType(a) === 'int' && bsonType(b) === 'int' && result === BigInt.asIntN(32, result)) return new Int32(Number(result))
  if (result !== BigInt.asIntN(64, result)) throw new CommandError('BadValue', 'An integer result does not fit in 64 bits')
  return Long.fromBigInt(result)
}

export const addNumbers = (a: unknown, b: unknown): unknown =>
  combine(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
  )

export const subtractNumbers = (a: unknown, b: unknown): unknown =>
  combine(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
  )

export const multiplyNumbers = (a: unknown, b: unknown): unknown =>
  combine(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
  )

/** Applies a function to a number and keeps its type: `Math.floor` of a double is a double. */
export const mapNumber = (value: unknown, apply: (value: number) => number): unknown => {
  const number = numericValue(value) ?? 0
  if (isDouble(value)) return new Double(apply(Number(number)))
  const result = apply(Number(number))
  return bsonType(value) === 'int' && result <= 0x7fffffff ? new Int32(result) : Long.fromNumber(result)
}
