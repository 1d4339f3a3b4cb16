import { type BsonType, bsonType, numericValue } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'

/** BSON's type numbers. Source: https://bsonspec.org/spec.html. */
const NUMBERS: ReadonlyMap<number, BsonType> = new Map([
  [1, 'double'],
  [2, 'string'],
  [3, 'object'],
  [4, 'array'],
  [5, 'binData'],
  [7, 'objectId'],
  [8, 'bool'],
  [9, 'date'],
  [10, 'null'],
  [11, 'regex'],
  [16, 'int'],
  [17, 'timestamp'],
  [18, 'long'],
  [19, 'decimal'],
  [-1, 'minKey'],
  [127, 'maxKey'],
])
const NAMES: ReadonlySet<string> = new Set(NUMBERS.values())

const typesOf = (operand: unknown): string[] => {
  if (operand === 'number') return ['int', 'long', 'double', 'decimal']
  const name = typeof operand === 'string' ? operand : NUMBERS.get(Number(numericValue(operand)))
  if (name === undefined || !NAMES.has(name)) throw new CommandError('BadValue', `Unknown type name alias: ${String(operand)}`)
  return [name]
}

/** The test of `$type`: an alias, a number, or an array of them. */
export const compileType = (operand: unknown): ((value: unknown) => boolean) => {
  const types = new Set((Array.isArray(operand) ? operand : [operand]).flatMap(typesOf))
  return (value) => value !== undefined && types.has(bsonType(value))
}
