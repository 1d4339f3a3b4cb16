import { BSONRegExp } from 'bson'
import { compareValues, equalValues, typeRank } from '../bson/compare-values.ts'
import { bsonType, type Doc, isDoc, numericValue, truthy, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { someLeaf, somePathValue } from './field-path.ts'
import { compileRegExp, regExpOf } from './regular-expression.ts'
import { compileType } from './type-condition.ts'

export type Predicate = (doc: Doc) => boolean
type ValueTest = (value: unknown) => boolean

/** True for `{ $gt: 1 }` and the like, false for `{}`. Throws BadValue when operators and fields are mixed. */
export const isOperatorDoc = (value: unknown): value is Doc => isDoc(value) && (Object.keys(value)[0]?.startsWith('$') ?? false)

const isNullish = (value: unknown): boolean => value === null || value === undefined

const equalTo = (operand: unknown): ValueTest => {
  if (operand === null || operand === undefined) return isNullish
  typeRank(operand)
  return (value) => value !== undefined && equalValues(value, operand)
}

/** Comparisons see only values of the operand's own kind; MinKey and MaxKey compare with all. */
const ordered = (operand: unknown, accept: (order: number) => boolean): ValueTest => {
  if (operand instanceof BSONRegExp) throw new CommandError('BadValue', "Can't have RegEx as arg to predicate over field")
  if (isNullish(operand)) return accept(0) ? isNullish : () => false
  const type = bsonType(operand)
  if (type === 'minKey' || type === 'maxKey') return (value) => accept(compareValues(value ?? null, operand))
  const rank = typeRank(operand)
  const isNan = Number.isNaN(numericValue(operand))
  return (value) => {
    if (value === undefined || typeRank(value) !== rank) return false
    if (!isNan && Number.isNaN(numericValue(value))) return false
    const order = compareValues(value, operand)
    return isNan ? order === 0 && accept(0) : accept(order)
  }
}

const oneOf = (name: string, operand: unknown): ValueTest => {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${name} needs an array`)
  if (operand.some(isOperatorDoc)) throw new CommandError('BadValue', `cannot nest $ under ${name}`)
  const tests = operand.map((item) => (item instanceof BSONRegExp ? regExpTest(item) : equalTo(item)))
  return (value) => tests.some((test) => test(value))
}

const regExpTest = (regExp: BSONRegExp): ValueTest => {
  const compiled = compileRegExp(regExp)
  return (value) => (typeof value === 'string' ? compiled.test(value) : value instanceof BSONRegExp && equalValues(value, regExp))
}

const modulo = (operand: unknown): ValueTest => {
  if (!Array.isArray(operand) || operand.length !== 2) throw new CommandError('BadValue', 'malformed mod, needs two elements')
  const [divisor, remainder] = operand.map((item) => Math.trunc(Number(numericValue(item) ?? Number.NaN)))
  if (!divisor || Number.isNaN(remainder)) throw new CommandError('BadValue', 'divisor cannot be 0')
  return (value) => {
    const number = Number(numericValue(value) ?? Number.NaN)
    return Number.isFinite(number) && Math.trunc(number) % divisor === remainder
  }
}

/** Tests of an operator that looks at each value of the path: elements of arrays too. */
const leafTest = (name: string, operand: unknown, siblings: Doc): ValueTest | undefined => {
  switch (name) {
    case '$eq':
      return equalTo(operand)
    case '$gt':
      return ordered(operand, (order) => order > 0)
    case '$gte':
      return ordered(operand, (order) => order >= 0)
    case '$lt':
      return ordered(operand, (order) => order < 0)
    case '$lte':
      return ordered(operand, (order) => order <= 0)
    case '$in':
      return oneOf(name, operand)
    case '$regex':
      return regExpTest(regExpOf(operand, siblings['$options']))
    case '$type':
      return compileType(operand)
    case '$mod':
      return modulo(operand)
    default:
      return undefined
  }
}

const elemMatch = (operand: unknown, { compileElement }: ConditionOptions): ValueTest => {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object')
  const test = compileElement(operand)
  return (value) => Array.isArray(value) && value.some(test)
}

/** Tests of an operator that looks at an array as a whole. */
const wholeTest = (name: string, operand: unknown, options: ConditionOptions): ValueTest | undefined => {
  if (name === '$elemMatch') return elemMatch(operand, options)
  if (name !== '$size') return undefined
  const size = wholeNumber(operand, '$size', -1)
  if (size < 0) throw new CommandError('BadValue', 'Failed to parse $size. Expected a non-negative number')
  return (value) => Array.isArray(value) && value.length === size
}

const not =
  (test: Predicate): Predicate =>
  (doc) =>
    !test(doc)

const compileAll = (path: string, operand: unknown, options: ConditionOptions): Predicate => {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array')
  if (operand.length === 0) return () => false
  const tests = operand.map((item) => compileCondition(path, isOperatorDoc(item) ? item : { $eq: item }, options))
  return (doc) => tests.every((test) => test(doc))
}

const compileOperator = (path: string, name: string, operand: unknown, siblings: Doc, options: ConditionOptions): Predicate | undefined => {
  const parts = path.split('.')
  const leaf = leafTest(name, operand, siblings)
  if (leaf) return (doc) => (options.expandArrays ? someLeaf(doc, parts, leaf) : somePathValue(doc, parts, leaf))
  const whole = wholeTest(name, operand, options)
  if (whole) return (doc) => somePathValue(doc, parts, whole)
  switch (name) {
    case '$ne':
      return not(compileCondition(path, { $eq: operand }, options))
    case '$nin':
      return not(compileCondition(path, { $in: operand }, options))
    case '$not':
      if (!isOperatorDoc(operand) && !(operand instanceof BSONRegExp))
        throw new CommandError('BadValue', '$not needs a regex or a document')
      return not(compileCondition(path, operand, options))
    case '$exists': {
      const expected = truthy(operand)
      return (doc) => somePathValue(doc, parts, (value) => value !== undefined) === expected
    }
    case '$all':
      return compileAll(path, operand, options)
    case '$options':
      if (siblings['$regex'] === undefined) throw new CommandError('BadValue', '$options needs a $regex')
      return undefined
    default:
      throw new CommandError('BadValue', `unknown operator: ${name}`)
  }
}

type ConditionOptions = {
  expandArrays: boolean
  /** Compiles what `$elemMatch` holds each element against. */
  compileElement: (condition: Doc) => ValueTest
}

/** Compiles what stands beside one field: a value to equal, a regular expression, or operators. */
export const compileCondition = (path: string, condition: unknown, options: ConditionOptions): Predicate => {
  const operators = isOperatorDoc(condition) ? condition : condition instanceof BSONRegExp ? { $regex: condition } : { $eq: condition }
  const tests: Predicate[] = []
  for (const [name, operand] of Object.entries(operators)) {
    const test = compileOperator(path, name, operand, operators, options)
    if (test) tests.push(test)
  }
  if (tests.length === 1) return tests[0]!
  return (doc) => tests.every((test) => test(doc))
}
