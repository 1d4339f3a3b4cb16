import { Int32 } from 'bson'
import { encodeValue } from '../bson/key-encoding.ts'
import { type Doc, encodeDoc, getOwn, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import type { Collection } from '../storage/catalog.ts'
import type { Index } from '../storage/index-definition.ts'
import { encodeCursorReply } from '../wire/encode-reply.ts'
import { checkIndexSpec } from './check-index-spec.ts'
import { type Command, collectionName, docsArgument, findOrCreate } from './command.ts'

const SIGNATURE = ['key', 'unique', 'sparse', 'partialFilterExpression']
const OPTIONS = [...SIGNATURE, 'expireAfterSeconds']

const isSame = (a: Doc, b: Doc, fields: readonly string[]): boolean => {
  const pick = (spec: Doc): Doc => Object.fromEntries(fields.map((field) => [field, getOwn(spec, field) || null]))
  return encodeValue(pick(a)).equals(encodeValue(pick(b)))
}

/** The existing index that makes a new one needless. Throws as MongoDB does when one of the same name or key differs. */
const existing = (collection: Collection, spec: Doc): Index | undefined => {
  for (const index of collection.indexes) {
    const sameName = index.name === spec['name']
    if (sameName && isSame(index.spec, spec, OPTIONS)) return index
    if (sameName && !isSame(index.spec, spec, SIGNATURE)) {
      throw new CommandError('IndexKeySpecsConflict', `An existing index has the same name as the requested index: ${index.name}`)
    }
    if (isSame(index.spec, spec, SIGNATURE)) {
      throw new CommandError('IndexOptionsConflict', `Index already exists with a different name or options: ${index.name}`)
    }
  }
  return undefined
}

const createIndexes: Command = {
  args: ['indexes', 'commitQuorum'],
  writes: true,
  run: (engine, db, body) => {
    const name = collectionName(body['createIndexes'])
    const specs = docsArgument(body['indexes'], 'indexes').map(checkIndexSpec)
    const createdCollectionAutomatically = !engine.catalog.find(db, name)
    const collection = findOrCreate(engine, db, name)
    const before = collection.indexes.length
    for (const spec of specs) {
      if (!existing(collection, spec)) engine.documents.buildIndex(collection, engine.catalog.addIndex(collection, spec))
    }
    const after = collection.indexes.length
    return {
      numIndexesBefore: new Int32(before),
      numIndexesAfter: new Int32(after),
      createdCollectionAutomatically,
      ...(before === after ? { note: 'all indexes already exist' } : {}),
    }
  },
}

const existingCollection = (engine: Engine, db: string, value: unknown): Collection => {
  const name = collectionName(value)
  const collection = engine.catalog.find(db, name)
  if (!collection) throw new CommandError('NamespaceNotFound', `ns does not exist: ${db}.${name}`)
  return collection
}

const listIndexes: Command = {
  args: ['cursor'],
  writes: false,
  run: (engine, db, body) => {
    const collection = existingCollection(engine, db, body['listIndexes'])
    const docs = collection.indexes.map(({ spec }) => encodeDoc(spec))
    return encodeCursorReply('firstBatch', docs, 0n, `${db}.${collection.name}`)
  },
}

const indexesToDrop = (collection: Collection, wanted: unknown): Index[] => {
  if (wanted === '*') return collection.indexes.slice(1)
  if (Array.isArray(wanted)) return wanted.flatMap((item) => indexesToDrop(collection, item))
  const found = collection.indexes.find(({ name, spec }) =>
    isDoc(wanted) ? encodeValue(spec['key']).equals(encodeValue(wanted)) : name === wanted,
  )
  if (!found) throw new CommandError('IndexNotFound', `index not found with name [${String(wanted)}]`)
  if (found.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index')
  return [found]
}

const dropIndexes: Command = {
  args: ['index'],
  writes: true,
  run: (engine, db, body) => {
    const collection = existingCollection(engine, db, body['dropIndexes'])
    const before = collection.indexes.length
    for (const index of indexesToDrop(collection, body['index'])) engine.catalog.dropIndex(collection, index)
    engine.cursors.killNamespace((ns) => ns === `${db}.${collection.name}`)
    return { nIndexesWas: new Int32(before) }
  },
}

export const INDEX_COMMANDS: Readonly<Record<string, Command>> = { createIndexes, listIndexes, dropIndexes }
