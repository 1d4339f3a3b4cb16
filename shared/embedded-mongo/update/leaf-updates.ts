import { Int32 } from 'bson'
import { addNumbers, isNumber, multiplyNumbers } from '../bson/arithmetic.ts'
import { compareValues } from '../bson/compare-values.ts'
import { bsonType, cloneValue, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { addToSet, pop, pull, pullAll, push } from './array-updates.ts'

/** The new value at a path, from the old one (`undefined` when missing); `undefined` removes the field. */
export type LeafUpdate = (value: unknown, path: string, renamed: (from: readonly string[]) => unknown) => unknown

const checkOperand = (operator: string, operand: unknown, path: string): void => {
  if (!isNumber(operand))
    throw new CommandError('TypeMismatch', `Cannot ${operator.slice(1)} with non-numeric argument: {${path}: ${String(operand)}}`)
}

const checkTarget = (operator: string, value: unknown, path: string): void => {
  if (isNumber(value)) return
  throw new CommandError(
    'TypeMismatch',
    `Cannot apply ${operator} to a value of non-numeric type. The field '${path}' is of type ${bsonType(value)}`,
  )
}

const increment =
  (operand: unknown): LeafUpdate =>
  (value, path) => {
    if (value === undefined) return operand
    checkTarget('$inc', value, path)
    return addNumbers(value, operand)
  }

const multiply =
  (operand: unknown): LeafUpdate =>
  (value, path) => {
    if (value !== undefined) checkTarget('$mul', value, path)
    return multiplyNumbers(value ?? new Int32(0), operand)
  }

const currentDate = (operand: unknown, now: Date): LeafUpdate => {
  if (operand === true || (isDoc(operand) && operand['$type'] === 'date')) return () => now
  throw new CommandError('BadValue', '$currentDate supports true and { $type: "date" }')
}

const onArray =
  (operator: string, apply: (array: unknown[]) => unknown[], missing: unknown[] | undefined): LeafUpdate =>
  (value, path) => {
    if (value === undefined) return missing === undefined ? undefined : apply(missing)
    if (Array.isArray(value)) return apply(value)
    const message = `The field '${path}' must be an array but is of type ${bsonType(value)}, for ${operator}`
    throw new CommandError(operator === '$pop' ? 'TypeMismatch' : 'BadValue', message)
  }

/** What an operator does to the value at its path. Throws FailedToParse for an operator that is unknown or not supported. */
export const leafUpdate = (operator: string, path: string, operand: unknown, now: Date): LeafUpdate => {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return () => cloneValue(operand)
    case '$unset':
      return () => undefined
    case '$inc':
      checkOperand(operator, operand, path)
      return increment(operand)
    case '$mul':
      checkOperand(operator, operand, path)
      return multiply(operand)
    case '$min':
      return (value) => (value === undefined || compareValues(operand, value) < 0 ? operand : value)
    case '$max':
      return (value) => (value === undefined || compareValues(operand, value) > 0 ? operand : value)
    case '$currentDate':
      return currentDate(operand, now)
    case '$push':
      return onArray(operator, push(operand), [])
    case '$addToSet':
      return onArray(operator, addToSet(operand), [])
    case '$pull':
      return onArray(operator, pull(operand), undefined)
    case '$pullAll':
      return onArray(operator, pullAll(operand), undefined)
    case '$pop':
      return onArray(operator, pop(operand), undefined)
    default:
      throw new CommandError('FailedToParse', `Unknown modifier: ${operator}`)
  }
}
