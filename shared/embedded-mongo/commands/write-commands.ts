import { Int32 } from 'bson'
import { type Doc, decodeDoc, isDoc, truthy, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import type { Collection } from '../storage/catalog.ts'
import { type Command, collectionName, docArgument, docsArgument, findOrCreate } from './command.ts'
import { insertDocument } from './insert-document.ts'
import { selectDocuments } from './select-documents.ts'
import { insertUpserted, updateFound } from './update-found.ts'
import { runStatements } from './write-errors.ts'

const isOrdered = (body: Doc): boolean => body['ordered'] === undefined || truthy(body['ordered'])

const statementsOf = (body: Doc, name: string, args: readonly string[]): Doc[] => {
  const statements = docsArgument(body[name], name)
  if (statements.length === 0 || statements.length > 100_000) {
    throw new CommandError('InvalidLength', `Write batch sizes must be between 1 and 100000. Got ${statements.length} operations.`)
  }
  for (const statement of statements) {
    const wrong = Object.keys(statement).find((key) => !args.includes(key) && key !== 'hint')
    if (wrong && args.length > 0)
      throw new CommandError('Location40415', `BSON field '${name}.${wrong}' is an unknown field or is not supported.`)
  }
  return statements
}

const insert: Command = {
  args: ['documents', 'ordered', 'bypassDocumentValidation'],
  writes: true,
  run: (engine, db, body) => {
    const documents = statementsOf(body, 'documents', [])
    const collection = findOrCreate(engine, db, collectionName(body['insert']))
    let inserted = 0
    const errors = runStatements(documents, isOrdered(body), (doc) => {
      insertDocument(engine, collection, doc)
      inserted++
    })
    return { n: new Int32(inserted), ...errors }
  },
}

type UpdateTotals = { matched: number; modified: number; upserted: Doc[] }

const runUpdate = (engine: Engine, db: string, name: string, statement: Doc, index: number, totals: UpdateTotals): void => {
  const filter = docArgument(statement['q'], 'q')
  const multi = truthy(statement['multi'])
  const arrayFilters = statement['arrayFilters'] === undefined ? [] : docsArgument(statement['arrayFilters'], 'arrayFilters')
  const request = { filter, update: statement['u'], arrayFilters, multi }
  const collection = engine.catalog.find(db, name)
  const selection = { filter, sort: [], skip: 0, limit: multi ? 0 : 1 }
  const found = collection ? [...selectDocuments(engine, collection, selection, 'update')].map(({ rowId }) => rowId) : []
  const apply = updateFound(engine, request)
  for (const rowId of found) {
    if (!collection) break
    totals.matched++
    if (apply(collection, rowId).changed) totals.modified++
  }
  if (found.length === 0 && truthy(statement['upsert'])) {
    const { _id } = insertUpserted(engine, findOrCreate(engine, db, name), request)
    totals.upserted.push({ index: new Int32(index), _id })
  }
}

const update: Command = {
  args: ['updates', 'ordered', 'bypassDocumentValidation'],
  writes: true,
  run: (engine, db, body) => {
    const name = collectionName(body['update'])
    const updates = statementsOf(body, 'updates', ['q', 'u', 'multi', 'upsert', 'arrayFilters'])
    const totals: UpdateTotals = { matched: 0, modified: 0, upserted: [] }
    const errors = runStatements(updates, isOrdered(body), (statement, index) => runUpdate(engine, db, name, statement, index, totals))
    return {
      n: new Int32(totals.matched + totals.upserted.length),
      nModified: new Int32(totals.modified),
      ...(totals.upserted.length > 0 ? { upserted: totals.upserted } : {}),
      ...errors,
    }
  },
}

const removeMatching = (engine: Engine, collection: Collection, filter: Doc, limit: number): number => {
  const found = [...selectDocuments(engine, collection, { filter, sort: [], skip: 0, limit }, 'delete')].map(({ rowId }) => rowId)
  for (const rowId of found) {
    const bytes = engine.documents.read(collection, rowId)
    if (bytes) engine.documents.remove(collection, rowId, decodeDoc(bytes))
  }
  return found.length
}

const remove: Command = {
  args: ['deletes', 'ordered'],
  writes: true,
  run: (engine, db, body) => {
    const deletes = statementsOf(body, 'deletes', ['q', 'limit'])
    const collection = engine.catalog.find(db, collectionName(body['delete']))
    let removed = 0
    const errors = runStatements(deletes, isOrdered(body), (statement) => {
      const limit = wholeNumber(statement['limit'], 'limit', -1)
      if (limit !== 0 && limit !== 1)
        throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`)
      if (!isDoc(statement['q'])) throw new CommandError('FailedToParse', "A delete needs its query 'q'")
      if (collection) removed += removeMatching(engine, collection, statement['q'], limit)
    })
    return { n: new Int32(removed), ...errors }
  },
}

export const WRITE_COMMANDS: Readonly<Record<string, Command>> = { insert, update, delete: remove }
