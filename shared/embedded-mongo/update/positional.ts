import { cloneValue, type Doc, isDoc, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileFieldCondition } from '../query/compile-filter.ts'
import { valueAt } from '../query/field-path.ts'

/** A copy of `doc` in which the array at `path` holds one element alone. */
const withOnly = (doc: Doc, path: string, element: unknown): Doc => {
  const copy = cloneValue(doc)
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  const parent = parts.length === 0 ? copy : valueAt(copy, parts.join('.'))
  if (isDoc(parent)) setOwn(parent, last, [element])
  return copy
}

/** The index that `$` stands for: the first element of the array at `path` that satisfies the query's one condition on that array. */
export const matchedIndex = (filter: Doc, doc: Doc, path: string): number => {
  const conjuncts = [filter, ...(Array.isArray(filter['$and']) ? filter['$and'].filter(isDoc) : [])]
  const conditions = conjuncts.flatMap(Object.entries).filter(([key]) => key === path || key.startsWith(`${path}.`))
  const [condition] = conditions
  if (!condition || conditions.length > 1) {
    throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.')
  }
  const array = valueAt(doc, path)
  const matches = compileFieldCondition(condition[0], condition[1])
  const index = Array.isArray(array) ? array.findIndex((element) => matches(withOnly(doc, path, element))) : -1
  if (index < 0) throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.')
  return index
}
