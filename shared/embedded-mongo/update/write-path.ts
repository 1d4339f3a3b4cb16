import { bsonType, type Doc, getOwn, isDoc, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileElementFilter } from '../query/compile-filter.ts'
import { isOperatorDoc } from '../query/conditions.ts'
import { valueAt } from '../query/field-path.ts'
import type { UpdateContext } from './compile-update.ts'
import type { Change } from './parse-changes.ts'
import { matchedIndex } from './positional.ts'

/** MongoDB refuses to pad an array by more than this with one update. */
const MAX_PADDING = 1_500_000

const readPart = (target: Doc | unknown[], part: string): unknown => (Array.isArray(target) ? target[Number(part)] : getOwn(target, part))

const setPart = (target: Doc | unknown[], part: string, value: unknown): void => {
  if (!Array.isArray(target)) {
    if (value === undefined) delete target[part]
    else setOwn(target, part, value)
    return
  }
  const index = Number(part)
  if (value === undefined) {
    if (index < target.length) target[index] = null
    return
  }
  if (index > target.length + MAX_PADDING) throw new CommandError('BadValue', `can't backfill more than ${MAX_PADDING} elements`)
  while (target.length < index) target.push(null)
  target[index] = value
}

/** The elements of an array that `$`, `$[]` or `$[name]` stand for. */
const positions = (array: unknown, part: string, at: string, original: Doc, context: UpdateContext): number[] => {
  if (!Array.isArray(array)) throw new CommandError('BadValue', `Cannot apply array updates to the non-array element at '${at}'`)
  if (part === '$') return [matchedIndex(context.filter, original, at)]
  if (part === '$[]') return [...array.keys()]
  const name = part.slice(2, -1)
  const filters = context.arrayFilters.filter((filter) => Object.keys(filter).every((key) => key === name || key.startsWith(`${name}.`)))
  const [filter] = filters
  if (!filter || filters.length > 1)
    throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path '${at}.${part}'`)
  const tests = Object.entries(filter).map(([key, condition]) => {
    const nested = key.slice(name.length + 1)
    return compileElementFilter(nested ? { [nested]: condition } : isOperatorDoc(condition) ? condition : { $eq: condition })
  })
  return [...array.keys()].filter((i) => tests.every((test) => test(array[i])))
}

const isPositional = (part: string): boolean => part === '$' || /^\$\[.*\]$/.test(part)

/** Applies one change to `doc`, which is modified; `original` is what the query saw. Throws PathNotViable where the path cannot exist. */
export const writePath = (doc: Doc, change: Change, original: Doc, context: UpdateContext): void => {
  const renamed = (from: readonly string[]): unknown => valueAt(original, from.join('.'))
  const write = (target: Doc | unknown[], at: number): void => {
    const part = change.parts[at] ?? ''
    if (isPositional(part)) {
      const path = change.parts.slice(0, at).join('.')
      for (const index of positions(target, part, path, original, context)) writePart(target, String(index), at)
      return
    }
    if (Array.isArray(target) && !/^\d+$/.test(part)) {
      if (change.removes) return
      throw new CommandError('PathNotViable', `Cannot create field '${part}' in an array, for '${change.path}'`)
    }
    writePart(target, part, at)
  }
  const writePart = (target: Doc | unknown[], part: string, at: number): void => {
    const value = readPart(target, part)
    if (at === change.parts.length - 1) {
      const result = change.apply(value, change.path, renamed)
      if (result !== undefined || value !== undefined) setPart(target, part, result)
      return
    }
    if (isDoc(value) || Array.isArray(value)) {
      write(value, at + 1)
      return
    }
    if (change.removes && change.apply(undefined, change.path, renamed) === undefined) return
    if (value !== undefined) {
      const next = change.parts[at + 1]
      throw new CommandError('PathNotViable', `Cannot create field '${next}' in element {${part}: ${bsonType(value)}}`)
    }
    const created: Doc = {}
    write(created, at + 1)
    setPart(target, part, created)
  }
  write(doc, 0)
}
