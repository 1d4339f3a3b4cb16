import { BSONRegExp, ObjectId } from 'bson'
import { cloneValue, type Doc, getOwn, isDoc, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { isOperatorDoc } from '../query/conditions.ts'

const setPath = (doc: Doc, path: string, value: unknown): void => {
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let node = doc
  for (const part of parts) {
    const next = getOwn(node, part) ?? {}
    if (!isDoc(next)) throw new CommandError('PathNotViable', `Cannot create field '${last}' from the query`)
    setOwn(node, part, next)
    node = next
  }
  setOwn(node, last, cloneValue(value))
}

/** The document that an upsert starts from: the fields that the query sets equal to a value. */
export const documentFromFilter = (filter: Doc): Doc => {
  const doc: Doc = {}
  const collect = (part: Doc): void => {
    for (const [key, condition] of Object.entries(part)) {
      if (key === '$and' && Array.isArray(condition)) for (const item of condition) if (isDoc(item)) collect(item)
      if (key.startsWith('$') || condition instanceof BSONRegExp) continue
      if (!isOperatorDoc(condition)) setPath(doc, key, condition)
      else if ('$eq' in condition) setPath(doc, key, condition['$eq'])
    }
  }
  collect(filter)
  return doc
}

/** The same document with `_id` first; a new ObjectId when it has none. */
export const withIdFirst = (doc: Doc): Doc => {
  const { _id, ...rest } = doc
  return { _id: _id === undefined ? new ObjectId() : _id, ...rest }
}
