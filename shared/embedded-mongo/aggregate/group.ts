import { Double, Int32 } from 'bson'
import { addNumbers, isNumber } from '../bson/arithmetic.ts'
import { compareValues, equalValues } from '../bson/compare-values.ts'
import { encodeValue } from '../bson/key-encoding.ts'
import { type Doc, isDoc, numericValue, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileExpression } from './expressions.ts'

type Accumulator = { add(value: unknown): void; result(): unknown }

const isNullish = (value: unknown): boolean => value === null || value === undefined

const fold = (start: unknown, next: (kept: unknown, value: unknown) => unknown): Accumulator => {
  let kept = start
  return {
    add: (value) => {
      kept = next(kept, value)
    },
    result: () => kept ?? null,
  }
}

const average = (): Accumulator => {
  let sum: unknown = new Int32(0)
  let count = 0
  return {
    add: (value) => {
      if (!isNumber(value)) return
      sum = addNumbers(sum, value)
      count++
    },
    result: () => (count === 0 ? null : new Double(Number(numericValue(sum)) / count)),
  }
}

const first = (): Accumulator => {
  let isSet = false
  return fold(null, (kept, value) => {
    if (isSet) return kept
    isSet = true
    return value
  })
}

const collect = (accepts: (list: unknown[], value: unknown) => boolean): Accumulator => {
  const list: unknown[] = []
  return {
    add: (value) => {
      if (value !== undefined && accepts(list, value)) list.push(value)
    },
    result: () => list,
  }
}

const best = (direction: 1 | -1): Accumulator =>
  fold(undefined, (kept, value) => {
    if (isNullish(value)) return kept
    return kept === undefined || compareValues(value, kept) * direction < 0 ? value : kept
  })

const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => fold(new Int32(0), (sum, value) => (isNumber(value) ? addNumbers(sum, value) : sum)),
  $count: () => fold(new Int32(0), (sum) => addNumbers(sum, new Int32(1))),
  $avg: average,
  $min: () => best(1),
  $max: () => best(-1),
  $first: first,
  $last: () => fold(null, (_, value) => value),
  $push: () => collect(() => true),
  $addToSet: () => collect((list, value) => !list.some((item) => equalValues(item, value))),
}

type Field = { name: string; create: () => Accumulator; evaluate: (doc: Doc) => unknown }

const compileField = (name: string, spec: unknown, now: Date): Field => {
  const [operator, ...more] = isDoc(spec) ? Object.entries(spec) : []
  if (!operator || more.length > 0) throw new CommandError('BadValue', `The field '${name}' must be an accumulator object`)
  const create = ACCUMULATORS[operator[0]]
  if (!create) throw new CommandError('BadValue', `unknown group operator '${operator[0]}'`)
  return { name, create, evaluate: compileExpression(operator[1], now).evaluate }
}

/** The `$group` stage. Groups come in the order of their first document; their keys are equal as BSON values are. */
export const compileGroup = (spec: unknown, now: Date): ((docs: Iterable<Doc>) => Iterable<Doc>) => {
  if (!isDoc(spec) || !('_id' in spec)) throw new CommandError('BadValue', 'a group specification must include an _id')
  const { _id, ...rest } = spec
  const id = compileExpression(_id, now)
  const fields = Object.entries(rest).map(([name, field]) => compileField(name, field, now))
  return function* group(docs) {
    const groups = new Map<string, { _id: unknown; accumulators: Accumulator[] }>()
    for (const doc of docs) {
      const value = id.evaluate(doc) ?? null
      const key = encodeValue(value).toString('latin1')
      const known = groups.get(key) ?? { _id: value, accumulators: fields.map(({ create }) => create()) }
      groups.set(key, known)
      for (const [i, { evaluate }] of fields.entries()) known.accumulators[i]?.add(evaluate(doc))
    }
    for (const { _id, accumulators } of groups.values()) {
      const out: Doc = { _id }
      for (const [i, { name }] of fields.entries()) setOwn(out, name, accumulators[i]?.result())
      yield out
    }
  }
}
