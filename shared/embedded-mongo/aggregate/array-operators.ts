import { Double, Int32 } from 'bson'
import { addNumbers, isNumber } from '../bson/arithmetic.ts'
import { compareValues } from '../bson/compare-values.ts'
import { isDoc, numericValue, truthy, wholeNumber } from '../bson/values.ts'
import { bindAll, type Evaluate, invalidExpression, isNullish, type Operator, withArguments } from './operator.ts'

const arrayFrom = (name: string, value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw invalidExpression(`The argument to ${name} must be an array`)
  return value
}

/** `$map` and `$filter`: an expression over each element, bound to `as`. */
const overElements = (name: string, body: string, apply: (items: unknown[], run: (item: unknown) => unknown) => unknown): Operator => {
  return (argument, compile) => {
    if (!isDoc(argument) || !(body in argument) || !('input' in argument)) throw invalidExpression(`${name} takes input, as and ${body}`)
    const wrong = Object.keys(argument).find((key) => !['input', 'as', body].includes(key))
    if (wrong) throw invalidExpression(`${name} does not support ${wrong}`)
    const as = argument['as'] ?? 'this'
    if (typeof as !== 'string') throw invalidExpression(`${name} needs a string as its 'as'`)
    const input = compile(argument['input'])
    const inner: Evaluate = compile(argument[body], [as])
    return (scope) => {
      const items = input(scope)
      return isNullish(items) ? null : apply(arrayFrom(name, items), (item) => inner(bindAll(scope, { [as]: item })))
    }
  }
}

const elementAt = (items: unknown[], index: number): unknown => items.at(index)

const slice: Operator = withArguments('$slice', [2, 3], ([value, second, third]) => {
  if (isNullish(value)) return null
  const items = arrayFrom('$slice', value)
  const first = wholeNumber(second, '$slice', 0)
  if (third === undefined) return first < 0 ? items.slice(first) : items.slice(0, first)
  const count = wholeNumber(third, '$slice', 0)
  if (count < 1) throw invalidExpression('the third argument to $slice must be positive')
  const from = first < 0 ? Math.max(0, items.length + first) : first
  return items.slice(from, from + count)
})

/** The numbers that `$sum` and `$avg` see: one argument that is an array counts as its elements. */
const operands = (values: unknown[]): unknown[] => (values.length === 1 && Array.isArray(values[0]) ? values[0] : values)

const best = (name: string, direction: 1 | -1): Operator =>
  withArguments(name, [0, Number.POSITIVE_INFINITY], (values) => {
    const present = operands(values).filter((value) => !isNullish(value))
    if (present.length === 0) return null
    return present.reduce((kept, value) => (compareValues(value, kept) * direction < 0 ? value : kept))
  })

const sum = (values: unknown[]): unknown => values.reduce(addNumbers, new Int32(0))

export const ARRAY_OPERATORS: Readonly<Record<string, Operator>> = {
  $isArray: withArguments('$isArray', [1, 1], ([value]) => Array.isArray(value)),
  $size: withArguments('$size', [1, 1], ([value]) => new Int32(arrayFrom('$size', value).length)),
  $arrayElemAt: withArguments('$arrayElemAt', [2, 2], ([value, index]) =>
    isNullish(value) || isNullish(index) ? null : elementAt(arrayFrom('$arrayElemAt', value), wholeNumber(index, '$arrayElemAt', 0)),
  ),
  $first: withArguments('$first', [1, 1], ([value]) => (isNullish(value) ? null : elementAt(arrayFrom('$first', value), 0))),
  $last: withArguments('$last', [1, 1], ([value]) => (isNullish(value) ? null : elementAt(arrayFrom('$last', value), -1))),
  $concatArrays: withArguments('$concatArrays', [0, Number.POSITIVE_INFINITY], (values) =>
    values.some(isNullish) ? null : values.flatMap((value) => arrayFrom('$concatArrays', value)),
  ),
  $slice: slice,
  $map: overElements('$map', 'in', (items, run) => items.map((item) => run(item) ?? null)),
  $filter: overElements('$filter', 'cond', (items, run) => items.filter((item) => truthy(run(item)))),
  $sum: withArguments('$sum', [0, Number.POSITIVE_INFINITY], (values) => sum(operands(values).filter(isNumber))),
  $avg: withArguments('$avg', [0, Number.POSITIVE_INFINITY], (values) => {
    const numbers = operands(values).filter(isNumber)
    return numbers.length === 0 ? null : new Double(Number(numericValue(sum(numbers))) / numbers.length)
  }),
  $min: best('$min', 1),
  $max: best('$max', -1),
}
