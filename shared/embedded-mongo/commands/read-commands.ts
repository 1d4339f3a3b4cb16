import { Int32, Long } from 'bson'
import { encodeValue } from '../bson/key-encoding.ts'
import { type Doc, decodeDoc, encodeDoc, truthy, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { someLeaf } from '../query/field-path.ts'
import { compileProjection } from '../query/project-document.ts'
import { parseSort } from '../query/sort-documents.ts'
import { encodeCursorReply } from '../wire/encode-reply.ts'
import { type Command, collectionName, docArgument } from './command.ts'
import { countDocuments, type Selection, selectDocuments } from './select-documents.ts'

export const DEFAULT_BATCH = 101

const notNegative = (value: unknown, name: string, fallback: number): number => {
  const number = wholeNumber(value, name, fallback)
  if (number < 0) throw new CommandError('BadValue', `BSON field '${name}' value must be >= 0, actual value '${number}'`)
  return number
}

function* project(
  found: Iterable<{ bytes: Uint8Array; doc: Doc | undefined }>,
  apply: ((doc: Doc) => Doc) | undefined,
): Generator<Uint8Array> {
  for (const { bytes, doc } of found) yield apply ? encodeDoc(apply(doc ?? decodeDoc(bytes))) : bytes
}

const find: Command = {
  args: ['filter', 'sort', 'projection', 'skip', 'limit', 'batchSize', 'singleBatch', 'noCursorTimeout', 'allowPartialResults'],
  writes: false,
  run: (engine, db, body) => {
    const name = collectionName(body['find'])
    const selection: Selection = {
      filter: docArgument(body['filter'], 'filter'),
      sort: parseSort(body['sort']),
      skip: notNegative(body['skip'], 'skip', 0),
      limit: notNegative(body['limit'], 'limit', 0),
    }
    compileFilter(selection.filter)
    const apply = compileProjection(body['projection'])
    const collection = engine.catalog.find(db, name)
    const found = collection ? selectDocuments(engine, collection, selection, 'find') : []
    const batchSize = notNegative(body['batchSize'], 'batchSize', DEFAULT_BATCH)
    const ns = `${db}.${name}`
    const { docs, id } = engine.cursors.open(ns, project(found, apply), batchSize, !truthy(body['singleBatch']))
    return encodeCursorReply('firstBatch', docs, id, ns)
  },
}

const cursorId = (value: unknown): bigint => {
  if (value instanceof Long) return value.toBigInt()
  throw new CommandError('TypeMismatch', 'A cursor id must be a long')
}

const getMore: Command = {
  args: ['collection', 'batchSize'],
  writes: false,
  run: (engine, db, body) => {
    const ns = `${db}.${String(body['collection'])}`
    const size = notNegative(body['batchSize'], 'batchSize', 0)
    const { docs, id } = engine.cursors.more(cursorId(body['getMore']), ns, size === 0 ? Number.POSITIVE_INFINITY : size)
    return encodeCursorReply('nextBatch', docs, id, ns)
  },
}

const killCursors: Command = {
  args: ['cursors'],
  writes: false,
  run: (engine, _db, body) => {
    const ids = Array.isArray(body['cursors']) ? body['cursors'] : []
    const killed = ids.filter((id) => engine.cursors.kill(cursorId(id)))
    return { cursorsKilled: killed, cursorsNotFound: ids.filter((id) => !killed.includes(id)), cursorsAlive: [], cursorsUnknown: [] }
  },
}

const count: Command = {
  args: ['query', 'skip', 'limit', 'fields'],
  writes: false,
  run: (engine, db, body) => {
    const collection = engine.catalog.find(db, collectionName(body['count']))
    const selection: Selection = {
      filter: docArgument(body['query'], 'query'),
      sort: [],
      skip: notNegative(body['skip'], 'skip', 0),
      limit: Math.abs(wholeNumber(body['limit'], 'limit', 0)),
    }
    compileFilter(selection.filter)
    return { n: new Int32(collection ? countDocuments(engine, collection, selection) : 0) }
  },
}

const distinctValues = (engine: Engine, db: string, name: string, key: string, filter: Doc): unknown[] => {
  const collection = engine.catalog.find(db, name)
  const values = new Map<string, unknown>()
  const selection: Selection = { filter, sort: [], skip: 0, limit: 0 }
  for (const { doc, bytes } of collection ? selectDocuments(engine, collection, selection, 'distinct') : []) {
    someLeaf(doc ?? decodeDoc(bytes), key.split('.'), (value) => {
      if (value !== undefined && !Array.isArray(value)) values.set(encodeValue(value).toString('latin1'), value)
      return false
    })
  }
  return [...values.values()]
}

const distinct: Command = {
  args: ['key', 'query'],
  writes: false,
  run: (engine, db, body) => {
    const { key } = body
    if (typeof key !== 'string' || key === '') throw new CommandError('TypeMismatch', "'distinct.key' must be a non-empty string")
    const filter = docArgument(body['query'], 'query')
    compileFilter(filter)
    return { values: distinctValues(engine, db, collectionName(body['distinct']), key, filter) }
  },
}

export const READ_COMMANDS: Readonly<Record<string, Command>> = { find, getMore, killCursors, count, distinct }
