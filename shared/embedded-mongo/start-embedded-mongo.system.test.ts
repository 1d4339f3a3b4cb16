import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedMongo, type EmbeddedMongoOptions, startEmbeddedMongo } from './start-embedded-mongo.ts'

type Record = { fields: object; message: string }

describe('startEmbeddedMongo', () => {
  let dataDir: string
  let clockMs: number
  let logged: Record[]
  const running: { engine: EmbeddedMongo; client: MongoClient }[] = []

  const start = async (options: Partial<EmbeddedMongoOptions> = {}): Promise<{ engine: EmbeddedMongo; db: Db }> => {
    const note = (fields: object, message: string): void => {
      logged.push({ fields, message })
    }
    const log = { debug: note, info: note, warn: note, error: note }
    const engine = await startEmbeddedMongo({ dataDir, log, now: () => clockMs, ...options })
    const client = new MongoClient(engine.url)
    running.push({ engine, client })
    return { engine, db: client.db('test') }
  }
  const stop = async (): Promise<void> => {
    for (const { engine, client } of running.splice(0)) {
      await client.close()
      await engine.close()
    }
  }
  const plans = (): object[] => logged.filter(({ message }) => message === 'embedded mongo: plan').map(({ fields }) => fields)

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-engine-'))
    clockMs = Date.UTC(2026, 0, 1)
    logged = []
  })
  afterEach(async () => {
    await stop()
    await rm(dataDir, { recursive: true })
  })

  test('keeps what was written across a restart', async () => {
    const { db } = await start()
    await db.collection('rows').createIndex({ a: 1 }, { unique: true })
    await db.collection('rows').insertOne({ a: [1, 2] })
    await stop()
    const { db: again } = await start()
    expect(await again.collection('rows').findOne({ a: 2 })).toMatchObject({ a: [1, 2] })
    await expect(again.collection('rows').insertOne({ a: 2 })).rejects.toMatchObject({ code: 11000 })
  })

  test('lets only the owner connect', async () => {
    await start()
    expect((await stat(join(dataDir, 'mongo'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(dataDir, 'mongo', 'mongo.sock'))).mode & 0o777).toBe(0o600)
  })

  test('refuses a directory that is in use and names the holder and its URL', async () => {
    const { engine } = await start()
    await expect(startEmbeddedMongo({ dataDir })).rejects.toThrow(`process ${process.pid}; set MONGO_URL=${engine.url}`)
  })

  test('starts over what a killed process left behind', async () => {
    await start()
    await stop()
    await writeFile(join(dataDir, 'mongo', 'mongo.sock'), '')
    await writeFile(join(dataDir, 'mongo', 'holder.json'), '{"pid":1')
    const { db } = await start()
    expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 })
  })

  test('works in a directory whose path is too long for a socket', async () => {
    const { db } = await start({ dataDir: join(dataDir, 'x'.repeat(200)) })
    expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 })
  })

  test('logs the index that a query, an update, a delete and a pipeline used, and what they examined', async () => {
    const { db } = await start()
    const rows = db.collection('rows')
    await rows.createIndex({ partner: 1, at: -1 }, { name: 'newest' })
    await rows.insertMany(Array.from({ length: 300 }, (_, i) => ({ partner: i % 3, at: new Date(i) })))
    logged = []
    await rows.find({ partner: 1 }).sort({ at: -1 }).limit(5).toArray()
    await rows.updateOne({ partner: 1, at: new Date(1) }, { $set: { seen: true } })
    await rows.deleteMany({ partner: 1, at: { $lt: new Date(10) } })
    await rows.aggregate([{ $match: { partner: 2 } }, { $group: { _id: null, last: { $max: '$at' } } }]).toArray()
    await rows.find({ seen: true }).toArray()
    expect(plans()).toMatchObject([
      { command: 'find', ns: 'test.rows', index: 'newest', inMemorySort: false, keysExamined: 5, docsExamined: 5, matched: 5 },
      { command: 'update', index: 'newest', docsExamined: 1 },
      { command: 'delete', index: 'newest', docsExamined: 3, matched: 3 },
      { command: 'aggregate', index: 'newest', docsExamined: 100 },
      { command: 'find', index: null, docsExamined: 297 },
    ])
  })

  test('counts from the index without reading documents', async () => {
    const { db } = await start()
    await db.collection('rows').createIndex({ partner: 1 })
    await db.collection('rows').insertMany(Array.from({ length: 50 }, (_, i) => ({ partner: i % 2 })))
    logged = []
    expect(await db.collection('rows').countDocuments({ partner: 1 })).toBe(25)
    expect(plans()).toMatchObject([{ command: 'count', index: 'partner_1', docsExamined: 0 }])
  })

  test('removes what a TTL index has expired: dates only, the earliest of several, at once with 0 seconds', async () => {
    const { engine, db } = await start()
    const at = (seconds: number): Date => new Date(clockMs + seconds * 1000)
    await db.collection('logs').createIndex({ at: 1 }, { expireAfterSeconds: 60 })
    await db
      .collection<{ _id: number }>('logs')
      .insertMany([
        { _id: 1, at: at(0) },
        { _id: 2, at: at(30) },
        { _id: 3, at: [at(500), at(-1)] },
        { _id: 4, at: 'never' },
        { _id: 5 },
      ] as { _id: number }[])
    await db.collection('sessions').createIndex({ endsAt: -1 }, { expireAfterSeconds: 0 })
    await db.collection('sessions').insertMany([{ endsAt: at(60) }, { endsAt: at(61) }])
    clockMs += 60_000
    engine.sweep()
    expect(await db.collection('logs').distinct('_id')).toEqual([2, 4, 5])
    expect(await db.collection('sessions').find().toArray()).toMatchObject([{ endsAt: new Date(clockMs + 1000) }])
  })

  test('sweeps by itself', async () => {
    const { db } = await start({ sweepIntervalMs: 5 })
    await db.collection('logs').createIndex({ at: 1 }, { expireAfterSeconds: 0 })
    await db.collection('logs').insertOne({ at: new Date(clockMs - 1) })
    await expect.poll(() => db.collection('logs').countDocuments()).toBe(0)
  })

  test('ends a cursor that nobody used for ten minutes', async () => {
    const { engine, db } = await start()
    await db.collection('rows').insertMany([{ a: 1 }, { a: 2 }, { a: 3 }])
    const cursor = db.collection('rows').find().batchSize(1)
    await cursor.next()
    clockMs += 10 * 60 * 1000 + 1
    engine.sweep()
    await expect(cursor.next()).rejects.toMatchObject({ code: 43, codeName: 'CursorNotFound' })
  })

  test('ends the cursors of a collection that is dropped', async () => {
    const { db } = await start()
    await db.collection('rows').insertMany([{ a: 1 }, { a: 2 }, { a: 3 }])
    const cursor = db.collection('rows').find().batchSize(1)
    await cursor.next()
    await db.collection('rows').drop()
    await expect(cursor.next()).rejects.toMatchObject({ code: 43 })
  })

  test('returns a cursor in replies of at most 16 MB', async () => {
    const { db } = await start()
    await db.collection('rows').insertMany(Array.from({ length: 5 }, () => ({ text: 'x'.repeat(6_000_000) })))
    const { cursor } = await db.command({ find: 'rows', filter: {} })
    expect(cursor.firstBatch).toHaveLength(2)
    expect(await db.collection('rows').find().toArray()).toHaveLength(5)
  })

  test('keeps databases apart, lists them and drops one', async () => {
    const { db } = await start()
    const client = running[0]?.client
    await client?.db('one').collection('rows').insertOne({ a: 1 })
    await client?.db('two').collection('rows').insertOne({ a: 2 })
    expect((await db.admin().listDatabases({ nameOnly: true })).databases).toEqual([{ name: 'one' }, { name: 'two' }])
    await client?.db('one').dropDatabase()
    expect((await db.admin().listDatabases({ nameOnly: true })).databases).toEqual([{ name: 'two' }])
  })

  test.each([
    ['collation', { find: 'rows', collation: { locale: 'en' } }, 40415],
    ['a transaction', { find: 'rows', txnNumber: 1n, autocommit: false }, 20],
    ['$where', { find: 'rows', filter: { $where: 'true' } }, 2],
    ['$text', { find: 'rows', filter: { $text: { $search: 'x' } } }, 2],
    ['$near', { find: 'rows', filter: { a: { $near: [1, 1] } } }, 2],
    ['$jsonSchema', { find: 'rows', filter: { $jsonSchema: {} } }, 2],
    ['$bitsAllSet', { find: 'rows', filter: { a: { $bitsAllSet: 1 } } }, 2],
    ['$function', { find: 'rows', filter: { $expr: { $function: {} } } }, 2],
    ['$slice in a projection', { find: 'rows', projection: { a: { $slice: 1 } } }, 238],
    ['$out', { aggregate: 'rows', pipeline: [{ $out: 'x' }], cursor: {} }, 40324],
    ['$merge', { aggregate: 'rows', pipeline: [{ $merge: 'x' }], cursor: {} }, 40324],
    ['$lookup with let', { aggregate: 'rows', pipeline: [{ $lookup: { from: 'x', let: {}, pipeline: [], as: 'y' } }], cursor: {} }, 238],
    ['$stdDevPop', { aggregate: 'rows', pipeline: [{ $group: { _id: 1, a: { $stdDevPop: '$a' } } }], cursor: {} }, 2],
    [
      'a time zone in $dateTrunc',
      {
        aggregate: 'rows',
        pipeline: [{ $project: { a: { $dateTrunc: { date: '$a', unit: 'day', timezone: 'Asia/Tokyo' } } } }],
        cursor: {},
      },
      238,
    ],
    ['a text index', { createIndexes: 'rows', indexes: [{ key: { a: 'text' }, name: 'a' }] }, 67],
    ['an index with a collation', { createIndexes: 'rows', indexes: [{ key: { a: 1 }, name: 'a', collation: { locale: 'en' } }] }, 72],
    ['a capped collection', { create: 'x', capped: true, size: 1 }, 40415],
    ['bulkWrite', { bulkWrite: 1, ops: [], nsInfo: [] }, 59],
    ['mapReduce', { mapReduce: 'rows' }, 59],
  ])('refuses %s with an error of MongoDB', async (_name, command, code) => {
    const { db } = await start()
    await expect(db.command(command)).rejects.toMatchObject({ code })
  })
})
