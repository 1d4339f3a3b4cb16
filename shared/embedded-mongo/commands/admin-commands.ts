import { Double, Int32 } from 'bson'
import { type Doc, encodeDoc, truthy } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { encodeCursorReply } from '../wire/encode-reply.ts'
import { MAX_MESSAGE_BYTES } from '../wire/message-reader.ts'
import { type Command, collectionName, docArgument } from './command.ts'

/** MongoDB 7.0's: from 25 on, drivers would send the `bulkWrite` command. */
const MAX_WIRE_VERSION = new Int32(21)

/** A standalone server without sessions, so that drivers ask for no transactions and no retryable writes. */
const hello: Command = {
  args: [
    'client',
    'helloOk',
    'compression',
    'topologyVersion',
    'maxAwaitTimeMS',
    'saslSupportedMechs',
    'speculativeAuthenticate',
    'loadBalanced',
    'backpressure',
  ],
  writes: false,
  run: (engine) => ({
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: new Int32(16 * 1024 * 1024),
    maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(engine.now()),
    minWireVersion: new Int32(0),
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
  }),
}

const buildInfo: Command = {
  args: [],
  writes: false,
  run: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], modules: ['embedded'], maxBsonObjectSize: new Int32(16 * 1024 * 1024) }),
}

const nothing: Command = { args: [], writes: false, run: () => ({}) }

const matching = (body: Doc): ((doc: Doc) => boolean) => compileFilter(docArgument(body['filter'], 'filter'))

const listDatabases: Command = {
  args: ['filter', 'nameOnly', 'authorizedDatabases'],
  writes: false,
  run: (engine, _db, body) => {
    const names = [...new Set(engine.catalog.collections().map(({ db }) => db))].sort()
    const all = names.map((name) => (truthy(body['nameOnly']) ? { name } : { name, sizeOnDisk: new Double(0), empty: false }))
    return { databases: all.filter(matching(body)), ...(truthy(body['nameOnly']) ? {} : { totalSize: new Double(0) }) }
  },
}

const listCollections: Command = {
  args: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  writes: false,
  run: (engine, db, body) => {
    const all = engine.catalog.collections(db).map(({ name, indexes }) => ({
      name,
      type: 'collection',
      ...(truthy(body['nameOnly']) ? {} : { options: {}, info: { readOnly: false }, idIndex: indexes[0]?.spec }),
    }))
    const docs = all.filter(matching(body)).map(encodeDoc)
    return encodeCursorReply('firstBatch', docs, 0n, `${db}.$cmd.listCollections`)
  },
}

const create: Command = {
  args: [],
  writes: true,
  run: (engine, db, body) => {
    const name = collectionName(body['create'])
    if (engine.catalog.find(db, name)) throw new CommandError('NamespaceExists', `Collection ${db}.${name} already exists.`)
    engine.catalog.create(db, name)
    return {}
  },
}

const drop: Command = {
  args: [],
  writes: true,
  run: (engine, db, body) => {
    const collection = engine.catalog.find(db, collectionName(body['drop']))
    if (!collection) return {}
    const ns = `${db}.${collection.name}`
    engine.cursors.killNamespace((name) => name === ns)
    engine.catalog.drop(collection)
    return { nIndexesWas: new Int32(collection.indexes.length), ns }
  },
}

const dropDatabase: Command = {
  args: [],
  writes: true,
  run: (engine, db) => {
    engine.cursors.killNamespace((ns) => ns.startsWith(`${db}.`))
    for (const collection of engine.catalog.collections(db)) engine.catalog.drop(collection)
    return { dropped: db }
  },
}

export const ADMIN_COMMANDS: Readonly<Record<string, Command>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  buildInfo,
  buildinfo: buildInfo,
  ping: nothing,
  endSessions: nothing,
  listDatabases,
  listCollections,
  create,
  drop,
  dropDatabase,
}
