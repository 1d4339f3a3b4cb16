import { compareValues } from '../bson/compare-values.ts'
import { type Doc, isDoc, numericValue } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { indexedValues } from './field-path.ts'

export type SortField = { path: string; direction: 1 | -1 }

/** The fields of a sort specification, in order. Throws BadValue for anything but 1 and -1 (`$meta` included). */
export const parseSort = (sort: unknown): SortField[] => {
  if (sort === undefined || sort === null) return []
  if (!isDoc(sort)) throw new CommandError('TypeMismatch', "'sort' must be an object")
  return Object.entries(sort).map(([path, value]) => {
    const direction = numericValue(value)
    if (direction !== 1 && direction !== -1) throw new CommandError('BadValue', `$sort key ordering must be 1 or -1, for '${path}'`)
    if (path === '' || path.startsWith('$')) throw new CommandError('BadValue', `Not a field to sort by: '${path}'`)
    return { path, direction }
  })
}

/** What a document sorts by: for each field the least element of an array when ascending, the greatest when descending. */
export const sortKey = (doc: Doc, fields: readonly SortField[]): unknown[] =>
  fields.map(({ path, direction }) =>
    indexedValues(doc, path.split('.')).values.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best)),
  )

export const compareSortKeys = (a: readonly unknown[], b: readonly unknown[], fields: readonly SortField[]): number => {
  for (const [i, { direction }] of fields.entries()) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order * direction
  }
  return 0
}
