import { Int32 } from 'bson'
import type { StageContext } from '../aggregate/stage.ts'
import { compileStages } from '../aggregate/stages.ts'
import { type Doc, decodeDoc, encodeDoc, isDoc, numericValue, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { parseSort } from '../query/sort-documents.ts'
import { encodeCursorReply } from '../wire/encode-reply.ts'
import { type Command, collectionName, docArgument } from './command.ts'
import { DEFAULT_BATCH } from './read-commands.ts'
import { countDocuments, type Selection, selectDocuments } from './select-documents.ts'

function* documents(engine: Engine, db: string, name: string, selection: Selection): Generator<Doc> {
  const collection = engine.catalog.find(db, name)
  if (!collection) return
  for (const { doc, bytes } of selectDocuments(engine, collection, selection, 'aggregate')) yield doc ?? decodeDoc(bytes)
}

/** What a leading `$match`, then `$sort`, then `$limit` ask of the collection itself, and the stages that remain. */
const pushDown = (pipeline: readonly unknown[]): { selection: Selection; rest: unknown[] } => {
  const rest = [...pipeline]
  const takeFirst = (name: string): unknown => {
    const [stage] = rest
    if (!isDoc(stage) || Object.keys(stage).length !== 1 || !(name in stage)) return undefined
    rest.shift()
    return stage[name]
  }
  const filter = docArgument(takeFirst('$match'), '$match')
  compileFilter(filter)
  const sort = parseSort(takeFirst('$sort'))
  const limit = takeFirst('$limit')
  if (limit !== undefined && wholeNumber(limit, '$limit', 0) < 1) throw new CommandError('BadValue', 'the limit must be positive')
  return { selection: { filter, sort, skip: 0, limit: wholeNumber(limit, '$limit', 0) }, rest }
}

/** True for `{ $group: { _id: <constant>, n: { $sum: 1 } } }`, with which drivers count. */
const countGroup = (stages: readonly unknown[]): { _id: unknown; name: string } | undefined => {
  const [stage] = stages
  const group = stages.length === 1 && isDoc(stage) ? stage['$group'] : undefined
  if (!isDoc(group)) return undefined
  const [field, ...more] = Object.entries(group).filter(([key]) => key !== '_id')
  const isConstant = group['_id'] === null || numericValue(group['_id']) !== undefined
  const isCount = isDoc(field?.[1]) && Object.keys(field[1]).length === 1 && numericValue(field[1]['$sum']) === 1
  return field && isCount && isConstant && more.length === 0 ? { _id: group['_id'], name: field[0] } : undefined
}

const runPipeline = (engine: Engine, db: string, name: string, pipeline: readonly unknown[]): Iterable<Doc> => {
  const context: StageContext = {
    now: new Date(engine.now()),
    find: (from, filter) => documents(engine, db, collectionName(from), { filter, sort: [], skip: 0, limit: 0 }),
  }
  const { selection, rest } = pushDown(pipeline)
  const counted = countGroup(rest)
  const collection = engine.catalog.find(db, name)
  if (counted && collection) {
    const total = countDocuments(engine, collection, selection)
    return total === 0 ? [] : [{ _id: counted._id, [counted.name]: new Int32(total) }]
  }
  return compileStages(rest, context)(documents(engine, db, name, selection))
}

function* encodeAll(docs: Iterable<Doc>): Generator<Uint8Array> {
  for (const doc of docs) yield encodeDoc(doc)
}

export const aggregate: Command = {
  args: ['pipeline', 'cursor', 'bypassDocumentValidation'],
  writes: false,
  run: (engine, db, body) => {
    const name = collectionName(body['aggregate'])
    if (!Array.isArray(body['pipeline'])) throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array")
    if (!isDoc(body['cursor'])) throw new CommandError('FailedToParse', "The 'cursor' option is required")
    const batchSize = wholeNumber(body['cursor']['batchSize'], 'batchSize', DEFAULT_BATCH)
    const ns = `${db}.${name}`
    const { docs, id } = engine.cursors.open(ns, encodeAll(runPipeline(engine, db, name, body['pipeline'])), batchSize, true)
    return encodeCursorReply('firstBatch', docs, id, ns)
  },
}
