import { Int32 } from 'bson'
import { type Doc, decodeDoc, truthy } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import { compileProjection } from '../query/project-document.ts'
import { parseSort } from '../query/sort-documents.ts'
import type { Collection } from '../storage/catalog.ts'
import { type Command, collectionName, docArgument, docsArgument, findOrCreate } from './command.ts'
import { selectDocuments } from './select-documents.ts'
import { insertUpserted, updateFound } from './update-found.ts'

const answer = (value: Doc | null, lastErrorObject: Doc): Doc => ({ lastErrorObject, value })

const removeOne = (engine: Engine, collection: Collection, rowId: number, bytes: Uint8Array, project: (doc: Doc) => Doc): Doc => {
  const doc = decodeDoc(bytes)
  engine.documents.remove(collection, rowId, doc)
  return answer(project(doc), { n: new Int32(1) })
}

/** `findAndModify`: the first document of a query is changed or removed, and returned as it was or, with `new`, as it is. */
export const findAndModify: Command = {
  args: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert', 'arrayFilters', 'bypassDocumentValidation'],
  writes: true,
  run: (engine, db, body) => {
    const name = collectionName(body['findAndModify'] ?? body['findandmodify'])
    const filter = docArgument(body['query'], 'query')
    const removes = truthy(body['remove'])
    const returnsNew = truthy(body['new'])
    if (removes === (body['update'] !== undefined))
      throw new CommandError('FailedToParse', "Either an update or 'remove' must be specified")
    if (removes && (returnsNew || truthy(body['upsert'])))
      throw new CommandError('FailedToParse', "'remove' goes with neither 'new' nor 'upsert'")
    const project = compileProjection(body['fields']) ?? ((doc: Doc) => doc)
    const arrayFilters = body['arrayFilters'] === undefined ? [] : docsArgument(body['arrayFilters'], 'arrayFilters')
    const request = { filter, update: body['update'], arrayFilters, multi: false }
    const collection = engine.catalog.find(db, name)
    const selection = { filter, sort: parseSort(body['sort']), skip: 0, limit: 1 }
    const [found] = collection ? selectDocuments(engine, collection, selection, 'findAndModify') : []
    if (found && collection) {
      if (removes) return removeOne(engine, collection, found.rowId, found.bytes, project)
      const { before, after } = updateFound(engine, request)(collection, found.rowId)
      return answer(project(returnsNew ? after : before), { n: new Int32(1), updatedExisting: true })
    }
    if (!truthy(body['upsert'])) return answer(null, removes ? { n: new Int32(0) } : { n: new Int32(0), updatedExisting: false })
    const inserted = insertUpserted(engine, findOrCreate(engine, db, name), request)
    const lastError = { n: new Int32(1), updatedExisting: false, upserted: inserted['_id'] }
    return answer(returnsNew ? project(inserted) : null, lastError)
  },
}
