import { decodeDoc } from './bson/values.ts'
import { selectDocuments } from './commands/select-documents.ts'
import type { Engine } from './engine.ts'
import type { Collection } from './storage/catalog.ts'
import type { Index } from './storage/index-definition.ts'

/** Keeps one transaction, and so the pause that it makes, short. */
const MAX_PER_TRANSACTION = 1000

/** Removes what has expired by one TTL index, at most `MAX_PER_TRANSACTION` documents; true when there may be more. */
const expireSome = (engine: Engine, collection: Collection, index: Index, expireAfterSeconds: number): boolean => {
  const before = new Date(engine.now() - expireAfterSeconds * 1000)
  const path = index.fields[0]?.path ?? ''
  // The query matches dates only, and any date of an array, which are the two rules of TTL indexes.
  const filter = { $and: [index.partial ?? {}, { [path]: { $lte: before } }] }
  const selection = { filter, sort: [], skip: 0, limit: MAX_PER_TRANSACTION }
  return engine.database.transaction(() => {
    const found = [...selectDocuments(engine, collection, selection, 'ttl')]
    for (const { rowId, bytes } of found) engine.documents.remove(collection, rowId, decodeDoc(bytes))
    return found.length === MAX_PER_TRANSACTION
  })
}

/** Removes every document that a TTL index has expired by the engine's clock. */
export const expireDocuments = (engine: Engine): void => {
  for (const collection of engine.catalog.collections()) {
    for (const index of collection.indexes) {
      const { expireAfterSeconds } = index
      if (expireAfterSeconds === undefined) continue
      while (expireSome(engine, collection, index, expireAfterSeconds)) {}
    }
  }
}
