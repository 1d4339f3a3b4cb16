import type { Doc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import type { Collection } from '../storage/catalog.ts'
import { withIdFirst } from '../update/upsert-document.ts'

/** Stores a new document, with an `_id` made where it has none, and returns it. */
export const insertDocument = (engine: Engine, collection: Collection, doc: Doc): Doc => {
  const wrong = Object.keys(doc).find((key) => key.startsWith('$'))
  if (wrong) throw new CommandError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${wrong}' is not valid for storage.`)
  const complete = withIdFirst(doc)
  if (Array.isArray(complete['_id'])) throw new CommandError('InvalidIdField', "The '_id' value cannot be of type array")
  engine.documents.insert(collection, complete)
  return complete
}
