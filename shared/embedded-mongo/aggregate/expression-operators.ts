import { Double, Int32 } from 'bson'
import { addNumbers, isNumber, mapNumber, multiplyNumbers, subtractNumbers } from '../bson/arithmetic.ts'
import { compareValues, equalValues } from '../bson/compare-values.ts'
import { bsonType, type Doc, isDoc, numericValue, truthy } from '../bson/values.ts'
import { ARRAY_OPERATORS } from './array-operators.ts'
import { dateTrunc } from './date-trunc.ts'
import { bindAll, type Evaluate, invalidExpression, isNullish, type Operator, withArguments } from './operator.ts'

const comparison = (name: string, accept: (order: number) => unknown): Operator =>
  withArguments(name, [2, 2], ([a, b]) => accept(compareValues(a, b)))

/** Null when an argument is null or missing; throws when one is not a number. */
const numeric = (name: string, counts: readonly [number, number], apply: (values: unknown[]) => unknown): Operator =>
  withArguments(name, counts, (values) => {
    if (values.some(isNullish)) return null
    const wrong = values.find((value) => !isNumber(value))
    if (wrong !== undefined) throw invalidExpression(`${name} only supports numeric types, not ${bsonType(wrong)}`)
    return apply(values)
  })

const withDate = (date: Date, milliseconds: unknown): Date => new Date(date.getTime() + Math.round(Number(numericValue(milliseconds))))

const add: Operator = withArguments('$add', [0, Number.POSITIVE_INFINITY], (values) => {
  if (values.some(isNullish)) return null
  const dates = values.filter((value) => value instanceof Date)
  const numbers = values.filter((value) => !(value instanceof Date))
  if (dates.length > 1 || !numbers.every(isNumber)) throw invalidExpression('$add only supports numbers and one date')
  const sum = numbers.reduce(addNumbers, new Int32(0))
  return dates[0] ? withDate(dates[0], sum) : sum
})

const subtract: Operator = withArguments('$subtract', [2, 2], ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime()
  if (a instanceof Date && isNumber(b)) return new Date(a.getTime() - Math.round(Number(numericValue(b))))
  if (!isNumber(a) || !isNumber(b)) throw invalidExpression(`can't $subtract ${bsonType(b)} from ${bsonType(a)}`)
  return subtractNumbers(a, b)
})

const divide: Operator = numeric('$divide', [2, 2], ([a, b]) => {
  if (Number(numericValue(b)) === 0) throw invalidExpression("can't $divide by zero")
  return new Double(Number(numericValue(a)) / Number(numericValue(b)))
})

const concat: Operator = withArguments('$concat', [0, Number.POSITIVE_INFINITY], (values) => {
  if (values.some(isNullish)) return null
  if (values.some((value) => typeof value !== 'string')) throw invalidExpression('$concat only supports strings')
  return values.join('')
})

/** MongoDB folds the case of ASCII letters only. */
const fold = (name: string, pattern: RegExp, convert: (letter: string) => string): Operator =>
  withArguments(name, [1, 1], ([value]) => {
    if (isNullish(value)) return ''
    if (typeof value !== 'string') throw invalidExpression(`${name} is supported for strings only`)
    return value.replace(pattern, convert)
  })

const fieldsOf = (name: string, argument: unknown, required: readonly string[], optional: readonly string[] = []): Doc => {
  const valid = isDoc(argument) && required.every((key) => key in argument)
  const unknown = valid ? Object.keys(argument).find((key) => !required.includes(key) && !optional.includes(key)) : undefined
  if (!valid || unknown) throw invalidExpression(`${name} takes an object with ${[...required, ...optional].join(', ')}`)
  return argument
}

const cond: Operator = (argument, compile) => {
  const list = Array.isArray(argument) ? argument : undefined
  if (list && list.length !== 3) throw invalidExpression('$cond takes 3 arguments')
  const fields = list ? {} : fieldsOf('$cond', argument, ['if', 'then', 'else'])
  const [test, yes, no] = (list ?? [fields['if'], fields['then'], fields['else']]).map((part) => compile(part)) as [
    Evaluate,
    Evaluate,
    Evaluate,
  ]
  return (scope) => (truthy(test(scope)) ? yes(scope) : no(scope))
}

const choose: Operator = (argument, compile) => {
  const { branches, default: otherwise } = fieldsOf('$switch', argument, ['branches'], ['default'])
  if (!Array.isArray(branches) || branches.length === 0) throw invalidExpression('$switch requires at least one branch')
  const compiled = branches.map((branch) => {
    const fields = fieldsOf('$switch', branch, ['case', 'then'])
    return { test: compile(fields['case']), result: compile(fields['then']) }
  })
  const fallback = otherwise === undefined ? undefined : compile(otherwise)
  return (scope) => {
    const chosen = compiled.find(({ test }) => truthy(test(scope)))?.result ?? fallback
    if (!chosen) throw invalidExpression('$switch could not find a matching branch, and no default was specified')
    return chosen(scope)
  }
}

const bind: Operator = (argument, compile) => {
  const { vars, in: body } = fieldsOf('$let', argument, ['vars', 'in'])
  const bindings = Object.entries(isDoc(vars) ? vars : {}).map(([name, value]) => [name, compile(value)] as const)
  const names = bindings.map(([name]) => name)
  const inner = compile(body, names)
  return (scope) => inner(bindAll(scope, Object.fromEntries(bindings.map(([name, value]) => [name, value(scope)]))))
}

const mergeObjects: Operator = withArguments('$mergeObjects', [0, Number.POSITIVE_INFINITY], (values) => {
  const docs = values.flat().filter((value) => !isNullish(value))
  if (!docs.every(isDoc)) throw invalidExpression('$mergeObjects requires object inputs')
  return Object.assign({}, ...docs)
})

const MANY = [0, Number.POSITIVE_INFINITY] as const

/** The expression operators that the engine evaluates; anything else is refused when a command is compiled. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...ARRAY_OPERATORS,
  $literal: (argument) => () => argument,
  $eq: comparison('$eq', (order) => order === 0),
  $ne: comparison('$ne', (order) => order !== 0),
  $gt: comparison('$gt', (order) => order > 0),
  $gte: comparison('$gte', (order) => order >= 0),
  $lt: comparison('$lt', (order) => order < 0),
  $lte: comparison('$lte', (order) => order <= 0),
  $cmp: comparison('$cmp', (order) => new Int32(order)),
  $and: withArguments('$and', MANY, (values) => values.every(truthy)),
  $or: withArguments('$or', MANY, (values) => values.some(truthy)),
  $not: withArguments('$not', [1, 1], ([value]) => !truthy(value)),
  $in: withArguments('$in', [2, 2], ([value, list]) => {
    if (!Array.isArray(list)) throw invalidExpression('$in requires an array as a second argument')
    return list.some((item) => equalValues(item, value ?? undefined))
  }),
  $cond: cond,
  $switch: choose,
  $let: bind,
  $ifNull: withArguments('$ifNull', [2, Number.POSITIVE_INFINITY], (values) => values.find((value) => !isNullish(value)) ?? values.at(-1)),
  $add: add,
  $subtract: subtract,
  $multiply: numeric('$multiply', MANY, (values) => values.reduce(multiplyNumbers, new Int32(1))),
  $divide: divide,
  $abs: numeric('$abs', [1, 1], ([value]) => mapNumber(value, Math.abs)),
  $ceil: numeric('$ceil', [1, 1], ([value]) => mapNumber(value, Math.ceil)),
  $floor: numeric('$floor', [1, 1], ([value]) => mapNumber(value, Math.floor)),
  $trunc: numeric('$trunc', [1, 1], ([value]) => mapNumber(value, Math.trunc)),
  $concat: concat,
  $toLower: fold('$toLower', /[A-Z]/g, (letter) => letter.toLowerCase()),
  $toUpper: fold('$toUpper', /[a-z]/g, (letter) => letter.toUpperCase()),
  $mergeObjects: mergeObjects,
  $dateTrunc: dateTrunc,
}
