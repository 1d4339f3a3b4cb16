import { type Doc, decodeDoc } from '../bson/values.ts'
import type { Engine } from '../engine.ts'
import type { Collection } from '../storage/catalog.ts'
import { compileUpdate, encodeUpdated } from '../update/compile-update.ts'
import { documentFromFilter } from '../update/upsert-document.ts'
import { insertDocument } from './insert-document.ts'

export type UpdateRequest = { filter: Doc; update: unknown; arrayFilters: readonly Doc[]; multi: boolean }
export type Updated = { changed: boolean; before: Doc; after: Doc }

const compile = (engine: Engine, { filter, update, arrayFilters, multi }: UpdateRequest) =>
  compileUpdate(update, { filter, arrayFilters, now: new Date(engine.now()) }, multi)

/** Compiles an update; the function that it returns applies it to one document. A document that stays the same is not written. */
export const updateFound = (engine: Engine, request: UpdateRequest): ((collection: Collection, rowId: number) => Updated) => {
  const apply = compile(engine, request)
  return (collection, rowId) => {
    const bytes = engine.documents.read(collection, rowId) ?? new Uint8Array()
    const before = decodeDoc(bytes)
    const after = apply(before, false)
    const encoded = encodeUpdated(before, after)
    const changed = Buffer.compare(encoded, bytes) !== 0
    if (changed) engine.documents.replace(collection, rowId, before, after, encoded)
    return { changed, before, after }
  }
}

/** Inserts the document that an upsert makes when nothing matched, and returns it. */
export const insertUpserted = (engine: Engine, collection: Collection, request: UpdateRequest): Doc => {
  const start = documentFromFilter(request.filter)
  const doc = compile(engine, request)(start, true)
  if ('_id' in start) encodeUpdated(start, doc)
  return insertDocument(engine, collection, doc)
}
