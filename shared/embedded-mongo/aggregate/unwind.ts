import { Long } from 'bson'
import { type Doc, getOwn, isDoc, setOwn, truthy } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { valueAt } from '../query/field-path.ts'
import type { Stage } from './stage.ts'

const withPath = (doc: Doc, parts: readonly string[], value: unknown): Doc => {
  const [part = '', ...rest] = parts
  const copy = { ...doc }
  if (rest.length > 0) {
    const inner = getOwn(copy, part)
    if (isDoc(inner)) setOwn(copy, part, withPath(inner, rest, value))
  } else if (value === undefined) delete copy[part]
  else setOwn(copy, part, value)
  return copy
}

/** `$unwind`: one document for each element of an array; a value that is no array counts as one element. */
export const compileUnwind = (spec: unknown): Stage => {
  const options = isDoc(spec) ? spec : { path: spec }
  const wrong = Object.keys(options).find((key) => !['path', 'preserveNullAndEmptyArrays', 'includeArrayIndex'].includes(key))
  const { path, includeArrayIndex: indexName } = options
  if (wrong || typeof path !== 'string' || !path.startsWith('$') || path.startsWith('$$')) {
    throw new CommandError('BadValue', '$unwind needs a path that starts with one $')
  }
  if (indexName !== undefined && (typeof indexName !== 'string' || /[$.]/.test(indexName))) {
    throw new CommandError('BadValue', '$unwind supports a plain field name as its includeArrayIndex')
  }
  const field = path.slice(1)
  const parts = field.split('.')
  const preserve = truthy(options['preserveNullAndEmptyArrays'])
  const numbered = (doc: Doc, index: number | null): Doc =>
    indexName === undefined ? doc : { ...doc, [indexName]: index === null ? null : Long.fromNumber(index) }
  return function* unwind(docs) {
    for (const doc of docs) {
      const value = valueAt(doc, field)
      if (Array.isArray(value) && value.length > 0) {
        for (const [i, item] of value.entries()) yield numbered(withPath(doc, parts, item), i)
      } else if (Array.isArray(value)) {
        if (preserve) yield numbered(withPath(doc, parts, undefined), null)
      } else if (preserve || (value !== null && value !== undefined)) yield numbered(doc, null)
    }
  }
}
