import { BSONRegExp } from 'bson'
import { compareValues, equalValues } from '../bson/compare-values.ts'
import { cloneValue, type Doc, isDoc, numericValue, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileElementFilter, compileFieldCondition } from '../query/compile-filter.ts'
import { isOperatorDoc } from '../query/conditions.ts'
import { compareSortKeys, parseSort, sortKey } from '../query/sort-documents.ts'

type ArrayUpdate = (array: unknown[]) => unknown[]

const eachOf = (operator: string, operand: Doc): unknown[] => {
  const each = operand['$each']
  if (!Array.isArray(each)) throw new CommandError('BadValue', `The argument to $each in ${operator} must be an array`)
  return each
}

const sorter = (spec: unknown): ArrayUpdate => {
  const direction = numericValue(spec)
  if (direction === 1 || direction === -1) return (array) => array.toSorted((a, b) => compareValues(a, b) * direction)
  const fields = parseSort(spec)
  if (fields.length === 0) throw new CommandError('BadValue', '$push needs 1, -1 or an object as its $sort')
  const key = (item: unknown): unknown[] => sortKey(isDoc(item) ? item : {}, fields)
  return (array) => array.toSorted((a, b) => compareSortKeys(key(a), key(b), fields))
}

const slicer = (spec: unknown): ArrayUpdate => {
  const count = wholeNumber(spec, '$slice', 0)
  return (array) => (count >= 0 ? array.slice(0, count) : array.slice(count))
}

/** `$push`: a value, or `$each` with `$position`, `$sort` and `$slice`, which work in that order. */
export const push = (operand: unknown): ArrayUpdate => {
  if (!isOperatorDoc(operand)) return (array) => [...array, cloneValue(operand)]
  const each = eachOf('$push', operand)
  const unknown = Object.keys(operand).find((key) => !['$each', '$position', '$sort', '$slice'].includes(key))
  if (unknown) throw new CommandError('BadValue', `Unrecognized clause in $push: ${unknown}`)
  const sort = operand['$sort'] === undefined ? undefined : sorter(operand['$sort'])
  const slice = operand['$slice'] === undefined ? undefined : slicer(operand['$slice'])
  const position = operand['$position'] === undefined ? undefined : wholeNumber(operand['$position'], '$position', 0)
  return (array) => {
    const joined = array.toSpliced(position ?? array.length, 0, ...each.map(cloneValue))
    const sorted = sort ? sort(joined) : joined
    return slice ? slice(sorted) : sorted
  }
}

export const addToSet = (operand: unknown): ArrayUpdate => {
  const isEach = isDoc(operand) && '$each' in operand
  const values = isEach ? eachOf('$addToSet', operand) : [operand]
  return (array) => {
    const out = [...array]
    for (const value of values) if (!out.some((item) => equalValues(item, value))) out.push(cloneValue(value))
    return out
  }
}

/** `$pull`: a value to equal, a condition on the value, or a query on the fields of the array's documents. */
export const pull = (operand: unknown): ArrayUpdate => {
  if (isDoc(operand)) {
    const matches = compileElementFilter(operand)
    return (array) => array.filter((item) => !matches(item))
  }
  if (operand instanceof BSONRegExp) {
    const matches = compileFieldCondition('element', operand)
    return (array) => array.filter((element) => !matches({ element }))
  }
  return (array) => array.filter((item) => !equalValues(item, operand))
}

export const pullAll = (operand: unknown): ArrayUpdate => {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$pullAll requires an array argument')
  return (array) => array.filter((item) => !operand.some((value) => equalValues(item, value)))
}

export const pop = (operand: unknown): ArrayUpdate => {
  const direction = numericValue(operand)
  if (direction !== 1 && direction !== -1) throw new CommandError('FailedToParse', '$pop expects 1 or -1')
  return (array) => (direction === 1 ? array.slice(0, -1) : array.slice(1))
}
