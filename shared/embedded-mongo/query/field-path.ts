import { type Doc, getOwn, isDoc } from '../bson/values.ts'

const isIndex = (part: string): boolean => /^(0|[1-9]\d*)$/.test(part)

/**
 * Calls `visit` with every value that a dotted path reaches, `undefined` where the field is missing. Arrays on the way are entered as
 * MongoDB's queries do: each element that is a document, and the element at a numeric part. Stops and returns true when `visit` does.
 */
export const somePathValue = (value: unknown, parts: readonly string[], visit: (value: unknown) => boolean, at = 0): boolean => {
  const part = parts[at]
  if (part === undefined) return visit(value)
  if (Array.isArray(value)) {
    if (isIndex(part) && Number(part) < value.length && somePathValue(value[Number(part)], parts, visit, at + 1)) return true
    return value.some((item) => isDoc(item) && somePathValue(item, parts, visit, at))
  }
  return somePathValue(isDoc(value) ? getOwn(value, part) : undefined, parts, visit, at + 1)
}

/** Like `somePathValue`, and an array at the end of the path counts as each of its elements, then as itself. */
export const someLeaf = (doc: Doc, parts: readonly string[], visit: (value: unknown) => boolean): boolean =>
  somePathValue(doc, parts, (value) => (Array.isArray(value) && value.some((item) => visit(item))) || visit(value))

/** The values that sorting and indexes see at a path: an array's elements, `undefined` for an empty array, null for a missing field. */
export const indexedValues = (doc: Doc, parts: readonly string[]): { values: unknown[]; multikey: boolean; present: boolean } => {
  const values: unknown[] = []
  let multikey = false
  let present = false
  const collect = (value: unknown, at: number): void => {
    const part = parts[at]
    if (Array.isArray(value)) {
      multikey = true
      if (part === undefined) present = true
      if (value.length === 0) values.push(part === undefined ? undefined : null)
      for (const item of value) {
        if (part === undefined) values.push(item)
        else if (isDoc(item)) collect(item, at)
        else values.push(null)
      }
    } else if (part === undefined) {
      present ||= value !== undefined
      values.push(value ?? null)
    } else {
      collect(isDoc(value) ? getOwn(value, part) : undefined, at + 1)
    }
  }
  collect(doc, 0)
  return { values, multikey, present }
}

/** The value at a path that enters documents only; `undefined` when there is none. */
export const valueAt = (doc: Doc, path: string): unknown => {
  let value: unknown = doc
  for (const part of path.split('.')) {
    if (!isDoc(value)) return undefined
    value = getOwn(value, part)
  }
  return value
}
