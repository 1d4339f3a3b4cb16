import { Binary, Decimal128, type Document, Double, Long, MongoServerError, ObjectId, Timestamp, type UpdateFilter } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test as plainTest } from 'vitest'
import { serverName, type TestDatabase, testDatabases } from '../../deployment/testing/test-databases.ts'

/** What a server in TEST_MONGO_URL lacks: the test's name, and why it is left out. Keys are the server's own names for itself. */
const EXCLUDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'mongo-java-server': {
    'comparisons stay within one type': '$gte null matches nothing there',
    'a condition on an array holds for an element, and a range for two of them': 'it wants one element to satisfy both ends of a range',
    'dotted paths enter documents and the documents of arrays': 'it enters arrays within arrays',
    'strings sort by their bytes': 'it sorts by UTF-16 units',
    'a document of nearly 16 MB is stored, a larger one is refused': 'it lets an update make a document larger than 16 MB',
    'an update by a pipeline computes from the document': 'it has no updates by pipeline',
    'twenty clients at once on one document lose no change and hand out no value twice': 'its findAndModify is not atomic',
    'a duplicate key error says which key': 'its errors have no keyPattern and keyValue',
    'a partial unique index allows one open row and any number of closed ones': 'it ignores partialFilterExpression',
    'creating an index again is nothing, creating it differently is refused': 'it does not compare index definitions',
    'rollups group by truncated time': 'it has no $dateTrunc',
    'stages project, add, unset, unwind and replace': '$addFields sets no dotted path there',
    '$cond, $switch, $map, $filter and $size compute': 'it has no $switch',
    'names that are not allowed are refused': 'it accepts a $ in a name',
    'are listed by name and gone when dropped': 'listCollections ignores its filter there',
  },
}

type Row = Document & { _id: number | string | ObjectId }

/** An update whose arrays the driver's types cannot see in a free-form document. */
const asUpdate = (update: object): UpdateFilter<Row> => update

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute))

const codeOf = async (work: Promise<unknown>): Promise<number | string | undefined> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof MongoServerError ? error.code : undefined
}

describe.each(testDatabases)('data on the $name', ({ open }) => {
  let database: TestDatabase
  let server = 'mongodb'
  let used = 0
  let rows: ReturnType<typeof collection>
  const collection = (name: string) => database.db.collection<Row>(name)

  const test = (name: string, run: () => Promise<void>): void => {
    plainTest(name, async (context) => {
      const reason = EXCLUDED[server]?.[name]
      if (reason) context.skip(reason)
      await run()
    })
  }

  const ids = async (filter: object, sort: Record<string, 1 | -1> = { _id: 1 }): Promise<unknown[]> =>
    (await rows.find(filter).sort(sort).toArray()).map(({ _id }) => _id)

  beforeAll(async () => {
    database = await open()
    server = await serverName(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => {
    rows = collection(`rows${++used}`)
  })

  describe('queries', () => {
    test('null matches null and missing fields, and nothing else', async () => {
      await rows.insertMany([
        { _id: 1, a: null },
        { _id: 2 },
        { _id: 3, a: 0 },
        { _id: 4, a: '' },
        { _id: 5, a: [null] },
        { _id: 6, a: [] },
      ])
      expect(await ids({ a: null })).toEqual([1, 2, 5])
      expect(await ids({ a: { $ne: null } })).toEqual([3, 4, 6])
      expect(await ids({ a: { $exists: true } })).toEqual([1, 3, 4, 5, 6])
      expect(await ids({ a: { $exists: false } })).toEqual([2])
      expect(await ids({ a: { $in: [null, 0] } })).toEqual([1, 2, 3, 5])
    })

    test('null-or-past dates find what is due', async () => {
      await rows.insertMany([{ _id: 1, until: null }, { _id: 2, until: at(1) }, { _id: 3, until: at(9) }, { _id: 4 }])
      expect(await ids({ $or: [{ until: null }, { until: { $lte: at(5) } }] })).toEqual([1, 2, 4])
      expect(await ids({ $or: [{ until: { $exists: false } }, { until: { $lt: at(1) } }] })).toEqual([4])
      expect(await ids({ until: { $not: { $lte: at(5) } } })).toEqual([1, 3, 4])
    })

    test('comparisons stay within one type', async () => {
      await rows.insertMany([
        { _id: 1, a: 5 },
        { _id: 2, a: '5' },
        { _id: 3, a: at(5) },
        { _id: 4, a: null },
        { _id: 5, a: true },
        { _id: 6 },
      ])
      expect(await ids({ a: { $gt: 1 } })).toEqual([1])
      expect(await ids({ a: { $lt: 'z' } })).toEqual([2])
      expect(await ids({ a: { $gte: at(0) } })).toEqual([3])
      expect(await ids({ a: { $gte: null } })).toEqual([4, 6])
      expect(await ids({ a: { $gte: false } })).toEqual([5])
    })

    test('integers, longs and doubles of one value are equal', async () => {
      await rows.insertMany([
        { _id: 1, a: 5 },
        { _id: 2, a: new Double(5) },
        { _id: 3, a: Long.fromNumber(5) },
        { _id: 4, a: 5.5 },
      ])
      expect(await ids({ a: 5 })).toEqual([1, 2, 3])
      expect(await ids({ a: Long.fromNumber(5) })).toEqual([1, 2, 3])
      expect(await ids({ a: { $gt: 5 } })).toEqual([4])
      expect(await ids({ a: { $in: [new Double(5.5), 'x'] } })).toEqual([4])
    })

    test('longs beyond the doubles are told apart', async () => {
      await rows.createIndex({ a: 1 })
      const big = 2n ** 60n
      await rows.insertMany([0n, 1n, 2n].map((step) => ({ _id: Number(step), a: Long.fromBigInt(big + step) })))
      expect(await ids({ a: Long.fromBigInt(big + 1n) })).toEqual([1])
      expect(await ids({ a: { $gt: Long.fromBigInt(big + 1n) } })).toEqual([2])
    })

    test('a condition on an array holds for an element, and a range for two of them', async () => {
      await rows.insertMany([
        { _id: 1, a: [1, 10] },
        { _id: 2, a: [5] },
        { _id: 3, a: 5 },
        { _id: 4, a: [] },
        { _id: 5, a: [[5]] },
      ])
      expect(await ids({ a: 5 })).toEqual([2, 3])
      expect(await ids({ a: { $gt: 4, $lt: 6 } })).toEqual([1, 2, 3])
      expect(await ids({ a: { $elemMatch: { $gt: 4, $lt: 6 } } })).toEqual([2])
      expect(await ids({ a: [5] })).toEqual([2, 5])
      expect(await ids({ a: { $size: 0 } })).toEqual([4])
      expect(await ids({ a: { $all: [1, 10] } })).toEqual([1])
      expect(await ids({ a: { $ne: 5 } })).toEqual([1, 4, 5])
      expect(await ids({ a: { $nin: [1, 5] } })).toEqual([4, 5])
    })

    test('dotted paths enter documents and the documents of arrays', async () => {
      await rows.insertMany([
        { _id: 1, a: { b: 1 } },
        { _id: 2, a: [{ b: 1 }, { b: 2 }] },
        { _id: 3, a: [{ c: 1 }] },
        { _id: 4, a: { b: [1, 2] } },
        { _id: 5, a: 1 },
        { _id: 6, a: [[{ b: 1 }]] },
      ])
      expect(await ids({ 'a.b': 1 })).toEqual([1, 2, 4])
      expect(await ids({ 'a.0.b': 1 })).toEqual([2, 6])
      expect(await ids({ 'a.b': { $exists: false } })).toEqual([3, 5, 6])
      expect(await ids({ a: { $elemMatch: { b: 2 } } })).toEqual([2])
      expect(await ids({ 'a.b': { $all: [1, 2] } })).toEqual([2, 4])
    })

    test('a missing field in one of the documents of an array equals null', async () => {
      await rows.insertMany([
        { _id: 1, a: [{ b: 1 }, {}] },
        { _id: 2, a: [{ b: 1 }] },
        { _id: 3, a: { c: 1 } },
        { _id: 4, a: 7 },
      ])
      expect(await ids({ 'a.b': null })).toEqual([1, 3, 4])
      expect(await ids({ 'a.b': { $ne: null } })).toEqual([2])
    })

    test('whole documents are equal only with the same fields in the same order', async () => {
      await rows.insertMany([
        { _id: 1, a: { x: 1, y: 2 } },
        { _id: 2, a: { y: 2, x: 1 } },
        { _id: 3, a: { x: 1, y: 2, z: 3 } },
      ])
      expect(await ids({ a: { x: 1, y: 2 } })).toEqual([1])
      expect(await ids({ a: { $in: [{ y: 2, x: 1 }] } })).toEqual([2])
    })

    test('regular expressions match strings and elements of arrays', async () => {
      await rows.insertMany([
        { _id: 1, a: 'Acme Ltd' },
        { _id: 2, a: ['other', 'acme'] },
        { _id: 3, a: 5 },
        { _id: 4, a: 'x\nacme' },
      ])
      expect(await ids({ a: /^acme/i })).toEqual([1, 2])
      expect(await ids({ a: { $regex: '^acme', $options: 'im' } })).toEqual([1, 2, 4])
      expect(await ids({ a: { $in: [/Ltd$/, 5] } })).toEqual([1, 3])
      expect(await ids({ a: { $not: /acme/i } })).toEqual([3])
    })

    test('$and, $or and $nor combine', async () => {
      await rows.insertMany([1, 2, 3, 4, 5, 6].map((_id) => ({ _id, even: _id % 2 === 0 })))
      expect(await ids({ $and: [{ even: true }, { _id: { $gt: 2 } }] })).toEqual([4, 6])
      expect(await ids({ $nor: [{ even: true }, { _id: 1 }] })).toEqual([3, 5])
      expect(await ids({ even: false, $or: [{ _id: 1 }, { _id: { $gte: 5 } }] })).toEqual([1, 5])
    })

    test('$type and $mod tell numbers apart', async () => {
      await rows.insertMany([
        { _id: 1, a: 4 },
        { _id: 2, a: 4.5 },
        { _id: 3, a: '4' },
        { _id: 4, a: at(0) },
        { _id: 5, a: [4] },
        { _id: 6, a: null },
      ])
      expect(await ids({ a: { $type: 'number' } })).toEqual([1, 2, 5])
      expect(await ids({ a: { $type: 'array' } })).toEqual([5])
      expect(await ids({ a: { $type: ['date', 'null'] } })).toEqual([4, 6])
      expect(await ids({ a: { $mod: [4, 0] } })).toEqual([1, 2, 5])
    })

    test('$expr compares two fields of one document', async () => {
      await rows.insertMany([
        { _id: 1, used: 5, limit: 10 },
        { _id: 2, used: 11, limit: 10 },
        { _id: 3, limit: 1 },
      ])
      expect(await ids({ $expr: { $gte: ['$used', '$limit'] } })).toEqual([2])
    })

    test('a field that is called like a method of objects is only a field', async () => {
      await rows.insertMany([{ _id: 1 }, { _id: 2, constructor: 'x' }])
      expect(await ids({ constructor: { $exists: true } })).toEqual([2])
      expect(await ids({ 'toString.name': { $exists: true } })).toEqual([])
    })
  })

  describe('order', () => {
    test('types sort as BSON orders them, and missing like null', async () => {
      const values = [
        null,
        -5,
        2.5,
        Long.fromNumber(3),
        'a',
        'b',
        { x: 1 },
        new Binary(Buffer.from('b')),
        new ObjectId(),
        false,
        true,
        at(0),
      ]
      await rows.insertMany([...values.map((a, _id) => ({ _id, a })).toReversed(), { _id: -1 }])
      const order = [-1, ...values.keys()]
      expect(await ids({}, { a: 1, _id: 1 })).toEqual(order)
      expect(await ids({}, { a: -1, _id: -1 })).toEqual(order.toReversed())
      await rows.createIndex({ a: 1, _id: 1 })
      expect(await ids({}, { a: 1, _id: 1 })).toEqual(order)
      expect(await ids({}, { a: -1, _id: -1 })).toEqual(order.toReversed())
    })

    test('an array sorts by its least element upwards and by its greatest downwards', async () => {
      await rows.insertMany([
        { _id: 1, a: [1, 9] },
        { _id: 2, a: 5 },
        { _id: 3, a: [] },
        { _id: 4, a: [6, 7] },
        { _id: 5, a: null },
      ])
      expect(await ids({}, { a: 1 })).toEqual([3, 5, 1, 2, 4])
      expect(await ids({}, { a: -1 })).toEqual([1, 4, 2, 5, 3])
    })

    test('strings sort by their bytes', async () => {
      const order = ['', 'A', 'Z', 'a', 'ä', '\uffee', '😀']
      await rows.insertMany(order.map((a, _id) => ({ _id, a })).toReversed())
      expect(await ids({}, { a: 1 })).toEqual([...order.keys()])
      await rows.createIndex({ a: 1 })
      expect(await ids({}, { a: 1 })).toEqual([...order.keys()])
    })

    test('a dotted path sorts, and ties fall to the next field', async () => {
      await rows.insertMany([{ _id: 1, a: { b: 2 } }, { _id: 2, a: { b: 1 } }, { _id: 3, a: { b: 2 } }, { _id: 4 }])
      expect(await ids({}, { 'a.b': 1, _id: -1 })).toEqual([4, 2, 3, 1])
    })

    test('pages by date and id, newest first, hold every row once', async () => {
      await rows.createIndex({ date: -1, _id: -1 })
      await rows.insertMany(Array.from({ length: 57 }, (_, _id) => ({ _id, date: at(Math.floor(_id / 5)) })))
      const seen: unknown[] = []
      let last: Row | undefined
      do {
        const older = last && { $or: [{ date: { $lt: last['date'] } }, { date: last['date'], _id: { $lt: last._id } }] }
        const page: Row[] = await rows
          .find(older ?? {})
          .sort({ date: -1, _id: -1 })
          .limit(10)
          .toArray()
        seen.push(...page.map(({ _id }) => _id))
        last = page.at(-1)
      } while (last)
      expect(seen).toEqual(Array.from({ length: 57 }, (_, i) => 56 - i))
    })

    test('skip and limit cut the order', async () => {
      await rows.insertMany([5, 3, 1, 4, 2].map((_id) => ({ _id })))
      const page = await rows.find().sort({ _id: -1 }).skip(1).limit(2).toArray()
      expect(page.map(({ _id }) => _id)).toEqual([4, 3])
    })
  })

  describe('cursors and values', () => {
    test('a cursor returns everything in batches, and ends early when it is closed', async () => {
      await rows.insertMany(Array.from({ length: 250 }, (_, _id) => ({ _id })))
      expect(await rows.find().batchSize(7).toArray()).toHaveLength(250)
      expect(await rows.find().toArray()).toHaveLength(250)
      const cursor = rows.find().batchSize(10)
      await cursor.next()
      const id = cursor.id
      await cursor.close()
      expect(await codeOf(database.db.command({ getMore: id, collection: rows.collectionName }))).toBe(43)
    })

    test('values of every type come back as they were', async () => {
      const values = {
        int: 5,
        double: 0.1,
        long: Long.fromBigInt(2n ** 60n),
        decimal: Decimal128.fromString('1.50'),
        date: at(3),
        binary: new Binary(Buffer.from([0, 1, 255])),
        timestamp: new Timestamp({ t: 1, i: 2 }),
        id: new ObjectId(),
        pattern: /a.b/i,
        nested: [{ a: [null, true] }, 'é😀'],
        empty: {},
      }
      await rows.insertOne({ _id: 1, ...values })
      await rows.updateOne({ _id: 1 }, { $set: { touched: true } })
      expect(await rows.findOne({ _id: 1 })).toEqual({ _id: 1, ...values, touched: true })
    })

    test('an update leaves the number types of other fields alone', async () => {
      await rows.insertOne({ _id: 1, whole: new Double(5), long: Long.fromNumber(6) })
      await rows.updateOne({ _id: 1 }, { $inc: { long: 1, whole: 1 } })
      const found = await rows.findOne({ _id: 1 }, { promoteValues: false, promoteLongs: false })
      expect(found).toEqual({ _id: expect.anything(), whole: new Double(6), long: Long.fromNumber(7) })
    })

    test('projections include or exclude dotted paths', async () => {
      await rows.insertOne({ _id: 1, a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, 5], z: 3 })
      expect(await rows.findOne({}, { projection: { 'a.b': 1, 'list.x': 1 } })).toEqual({ _id: 1, a: { b: 1 }, list: [{ x: 1 }] })
      expect(await rows.findOne({}, { projection: { _id: 0, a: 0, 'list.y': 0 } })).toEqual({ list: [{ x: 1 }, 5], z: 3 })
      expect(await rows.findOne({}, { projection: { _id: 0, z: 1 } })).toEqual({ z: 3 })
    })

    test('distinct values come from elements too', async () => {
      await rows.insertMany([{ _id: 1, a: [1, 2] }, { _id: 2, a: 2 }, { _id: 3, a: 'x' }, { _id: 4 }])
      expect(new Set(await rows.distinct('a'))).toEqual(new Set([1, 2, 'x']))
    })

    test('a document of nearly 16 MB is stored, a larger one is refused', async () => {
      await rows.insertOne({ _id: 1, text: 'x'.repeat(16_000_000) })
      expect((await rows.findOne({ _id: 1 }))?.['text']).toHaveLength(16_000_000)
      await expect(rows.insertOne({ _id: 2, text: 'x'.repeat(17_000_000) })).rejects.toThrow()
      await expect(rows.updateOne({ _id: 1 }, { $set: { more: 'x'.repeat(1_000_000) } })).rejects.toThrow()
      expect(await rows.countDocuments()).toBe(1)
    })
  })

  describe('updates', () => {
    test('operators set, unset, count, and keep the least and the greatest', async () => {
      await rows.insertOne({ _id: 1, a: { b: 1 }, n: 5, low: at(5), high: at(5), gone: 1 })
      await rows.updateOne(
        { _id: 1 },
        {
          $set: { 'a.c': 2, 'x.y.z': 'deep' },
          $unset: { gone: '', never: '' },
          $inc: { n: -2, fresh: 3 },
          $mul: { 'a.b': 4 },
          $min: { low: at(1), least: 7 },
          $max: { high: at(4), most: 7 },
        },
      )
      expect(await rows.findOne()).toEqual({
        _id: 1,
        a: { b: 4, c: 2 },
        x: { y: { z: 'deep' } },
        n: 3,
        fresh: 3,
        low: at(1),
        least: 7,
        high: at(5),
        most: 7,
      })
    })

    test('$push keeps the last of a list, $each in order, sorted where asked', async () => {
      await rows.insertOne({ _id: 1, trend: [[1, 2]], list: [{ v: 3 }, { v: 1 }] })
      await rows.updateOne(
        { _id: 1 },
        asUpdate({
          $push: {
            trend: {
              $each: [
                [2, null],
                [3, 4],
              ],
              $slice: -2,
            },
            fresh: 'a',
          },
        }),
      )
      await rows.updateOne({ _id: 1 }, asUpdate({ $push: { list: { $each: [{ v: 2 }], $sort: { v: 1 }, $slice: 2 } } }))
      expect(await rows.findOne()).toEqual({
        _id: 1,
        trend: [
          [2, null],
          [3, 4],
        ],
        fresh: ['a'],
        list: [{ v: 1 }, { v: 2 }],
      })
      await rows.updateOne({ _id: 1 }, asUpdate({ $push: { fresh: { $each: ['z'], $position: 0 } } }))
      expect((await rows.findOne())?.['fresh']).toEqual(['z', 'a'])
    })

    test('$addToSet, $pull, $pullAll and $pop change arrays', async () => {
      await rows.insertOne({
        _id: 1,
        a: [1, 2],
        b: [
          { k: 1, v: 1 },
          { k: 2, v: 1 },
        ],
        c: [1, 2, 3, 2],
        d: [1, 2, 3],
      })
      await rows.updateOne(
        { _id: 1 },
        asUpdate({ $addToSet: { a: { $each: [2, 3] } }, $pull: { b: { k: 1 } }, $pullAll: { c: [2] }, $pop: { d: -1 } }),
      )
      expect(await rows.findOne()).toEqual({ _id: 1, a: [1, 2, 3], b: [{ k: 2, v: 1 }], c: [1, 3], d: [2, 3] })
      await rows.updateOne({ _id: 1 }, asUpdate({ $pull: { a: { $gte: 2 } } }))
      expect((await rows.findOne())?.['a']).toEqual([1])
    })

    test('one element of an array is changed by position, by $ and by a filter', async () => {
      await rows.insertOne({
        _id: 1,
        list: [
          { id: 'a', n: 1 },
          { id: 'b', n: 1 },
        ],
      })
      await rows.updateOne({ _id: 1, 'list.id': 'b' }, { $set: { 'list.$.n': 2 } })
      await rows.updateOne({ _id: 1 }, { $inc: { 'list.0.n': 10 } })
      await rows.updateOne({ _id: 1 }, { $inc: { 'list.$[].n': 100 } })
      await rows.updateOne({ _id: 1 }, { $set: { 'list.$[item].done': true } }, { arrayFilters: [{ 'item.id': 'a' }] })
      expect((await rows.findOne())?.['list']).toEqual([
        { id: 'a', n: 111, done: true },
        { id: 'b', n: 102 },
      ])
    })

    test('$rename moves a field', async () => {
      await rows.insertOne({ _id: 1, a: 1, b: { c: 2 } })
      await rows.updateOne({ _id: 1 }, { $rename: { a: 'x', missing: 'y' } })
      expect(await rows.findOne()).toEqual({ _id: 1, b: { c: 2 }, x: 1 })
    })

    test('$currentDate sets a date of the server', async () => {
      await rows.insertOne({ _id: 1 })
      await rows.updateOne({ _id: 1 }, { $currentDate: { seen: true } })
      expect((await rows.findOne())?.['seen']).toBeInstanceOf(Date)
    })

    test('an update that does not fit the value is refused and changes nothing', async () => {
      await rows.insertOne({ _id: 1, text: 'x', n: 1 })
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $inc: { text: 1 } }))).toBe(14)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $push: { n: 1 } } as object))).toBe(2)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $set: { 'n.deep': 1 } }))).toBe(28)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $set: { a: 1 }, $unset: { 'a.b': 1 } }))).toBe(40)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $set: { _id: 2 } }))).toBe(66)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $nonsense: { a: 1 } } as object))).toBe(9)
      expect(await rows.findOne()).toEqual({ _id: 1, text: 'x', n: 1 })
    })

    test('counts of an update tell matched from modified', async () => {
      await rows.insertMany([
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
        { _id: 3, a: 1 },
      ])
      expect(await rows.updateMany({ a: { $gt: 0 } }, { $set: { a: 1 } })).toMatchObject({ matchedCount: 3, modifiedCount: 1 })
      expect(await rows.updateOne({ a: 9 }, { $set: { a: 1 } })).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 0 })
    })

    test('an update of many that moves documents along its own index changes each once', async () => {
      await rows.createIndex({ n: 1 })
      await rows.insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id, n: _id })))
      expect(await rows.updateMany({ n: { $gte: 0 } }, { $inc: { n: 50 } })).toMatchObject({ modifiedCount: 300 })
      expect(await ids({}, { n: 1 })).toEqual(Array.from({ length: 300 }, (_, i) => i))
      expect(await rows.findOne({ _id: 299 })).toEqual({ _id: 299, n: 349 })
    })

    test('a replacement keeps the id and drops the rest', async () => {
      await rows.insertOne({ _id: 1, a: 1, b: 2 })
      await rows.replaceOne({ _id: 1 }, { c: 3 })
      expect(await rows.findOne()).toEqual({ _id: 1, c: 3 })
      expect(await codeOf(rows.replaceOne({ _id: 1 }, { _id: 2, c: 4 } as object))).toBe(66)
    })

    test('an upsert inserts what the query sets equal and $setOnInsert adds, and updates the next time', async () => {
      const write = () =>
        rows.updateOne(
          { key: 'k', 'nested.id': 7, n: { $gte: 0 } },
          { $inc: { n: 1 }, $setOnInsert: { created: at(1) }, $set: { seen: at(2) } },
          { upsert: true },
        )
      expect(await write()).toMatchObject({ upsertedCount: 1, matchedCount: 0 })
      expect(await write()).toMatchObject({ upsertedCount: 0, matchedCount: 1, modifiedCount: 1 })
      expect(await rows.find().toArray()).toEqual([
        { _id: expect.any(ObjectId), key: 'k', nested: { id: 7 }, n: 2, created: at(1), seen: at(2) },
      ])
    })

    test('an upsert by id takes the id, also as a replacement', async () => {
      await rows.updateOne({ _id: 'k' }, { $set: { a: 1 } }, { upsert: true })
      await rows.replaceOne({ _id: 'r' }, { b: 2 }, { upsert: true })
      expect(await ids({})).toEqual(['k', 'r'])
    })

    test('an update by a pipeline computes from the document', async () => {
      await rows.insertOne({ _id: 1, used: 3, limit: 12, drop: 1 })
      await rows.updateOne({ _id: 1 }, [{ $set: { share: { $divide: ['$used', '$limit'] } } }, { $unset: 'drop' }])
      expect(await rows.findOne()).toEqual({ _id: 1, used: 3, limit: 12, share: 0.25 })
    })
  })

  describe('findAndModify', () => {
    test('claims the due row that comes first, once', async () => {
      await rows.createIndex({ active: 1, dueAt: 1 })
      await rows.insertMany([
        { _id: 1, active: true, dueAt: at(3), lease: null },
        { _id: 2, active: true, dueAt: at(1), lease: null },
        { _id: 3, active: false, dueAt: at(0), lease: null },
        { _id: 4, active: true, dueAt: at(2), lease: { until: at(99) } },
      ])
      const claim = () =>
        rows.findOneAndUpdate(
          { active: true, dueAt: { $lte: at(5) }, $or: [{ lease: null }, { 'lease.until': { $lte: at(5) } }] },
          { $set: { lease: { by: 'me', until: at(50) } } },
          { sort: { dueAt: 1 }, returnDocument: 'after' },
        )
      expect(await claim()).toMatchObject({ _id: 2, lease: { by: 'me' } })
      expect(await claim()).toMatchObject({ _id: 1 })
      expect(await claim()).toBeNull()
    })

    test('returns the document before or after, projected, and removes it', async () => {
      await rows.insertOne({ _id: 1, n: 1, secret: 'x' })
      expect(await rows.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { projection: { n: 1 } })).toEqual({ _id: 1, n: 1 })
      expect(await rows.findOneAndReplace({ _id: 1 }, { n: 9 }, { returnDocument: 'after' })).toEqual({ _id: 1, n: 9 })
      expect(await rows.findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, n: 9 })
      expect(await rows.findOneAndDelete({ _id: 1 })).toBeNull()
    })

    test('upserts and returns the new document', async () => {
      const write = () => rows.findOneAndUpdate({ _id: 'counter' }, { $inc: { n: 1 } }, { upsert: true, returnDocument: 'after' })
      expect(await write()).toEqual({ _id: 'counter', n: 1 })
      expect(await write()).toEqual({ _id: 'counter', n: 2 })
      expect(await rows.findOneAndUpdate({ _id: 'other' }, { $set: { a: 1 } }, { upsert: true })).toBeNull()
    })

    test('twenty clients at once on one document lose no change and hand out no value twice', async () => {
      await rows.insertOne({ _id: 'counter', n: 0 })
      const claim = async (): Promise<number[]> => {
        const values: number[] = []
        for (let i = 0; i < 10; i++) {
          const doc = await rows.findOneAndUpdate({ _id: 'counter' }, { $inc: { n: 1 } }, { returnDocument: 'after' })
          values.push(doc?.['n'] as number)
        }
        return values
      }
      const all = (await Promise.all(Array.from({ length: 20 }, claim))).flat()
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    })

    test('twenty clients at once that upsert one unique key leave one document', async () => {
      await rows.createIndex({ key: 1 }, { unique: true })
      const write = () => rows.updateOne({ key: 'k' }, { $inc: { n: 1 } }, { upsert: true })
      const results = await Promise.allSettled(Array.from({ length: 20 }, write))
      const written = results.filter(({ status }) => status === 'fulfilled').length
      expect(await rows.find({ key: 'k' }).toArray()).toMatchObject([{ n: written }])
    })
  })

  describe('batches', () => {
    test('an ordered insert stops at the first duplicate, an unordered one goes on', async () => {
      const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }]
      expect(await codeOf(rows.insertMany(docs))).toBe(11000)
      expect(await ids({})).toEqual([1])
      expect(await codeOf(rows.insertMany(docs, { ordered: false }))).toBe(11000)
      expect(await ids({})).toEqual([1, 2])
    })

    test('a bulk write mixes inserts, updates and deletes', async () => {
      await rows.insertMany([{ _id: 1, a: 1 }, { _id: 2, a: 1 }, { _id: 3 }])
      const result = await rows.bulkWrite([
        { insertOne: { document: { _id: 4 } } },
        { updateMany: { filter: { a: 1 }, update: { $set: { a: 2 } } } },
        { updateOne: { filter: { _id: 5 }, update: { $set: { a: 5 } }, upsert: true } },
        { replaceOne: { filter: { _id: 3 }, replacement: { r: 1 } } },
        { deleteMany: { filter: { a: 2 } } },
      ])
      expect(result).toMatchObject({ insertedCount: 1, matchedCount: 3, modifiedCount: 3, upsertedCount: 1, deletedCount: 2 })
      expect(await ids({})).toEqual([3, 4, 5])
    })

    test('an unordered bulk write reports which operations failed', async () => {
      await rows.insertOne({ _id: 1 })
      const error = await rows
        .bulkWrite([{ insertOne: { document: { _id: 1 } } }, { insertOne: { document: { _id: 2 } } }], { ordered: false })
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 11000, writeErrors: [{ index: 0 }] })
      expect(await ids({})).toEqual([1, 2])
    })

    test('deletes take one or all', async () => {
      await rows.insertMany([1, 2, 3, 4].map((_id) => ({ _id, a: 1 })))
      expect(await rows.deleteOne({ a: 1 })).toMatchObject({ deletedCount: 1 })
      expect(await rows.deleteMany({ a: 1 })).toMatchObject({ deletedCount: 3 })
      expect(await rows.deleteMany({ a: 1 })).toMatchObject({ deletedCount: 0 })
    })
  })

  describe('indexes', () => {
    test('a unique index refuses a second document with its key and names it', async () => {
      await rows.createIndex({ nameKey: 1 }, { unique: true, name: 'name' })
      await rows.insertOne({ _id: 1, nameKey: 'acme' })
      const error = await rows.insertOne({ _id: 2, nameKey: 'acme' }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 11000 })
      expect((error as Error).message).toContain('E11000 duplicate key error')
      await rows.insertOne({ _id: 3, nameKey: 'other' })
      expect(await codeOf(rows.updateOne({ _id: 3 }, { $set: { nameKey: 'acme' } }))).toBe(11000)
      expect(await codeOf(rows.findOneAndUpdate({ _id: 3 }, { $set: { nameKey: 'acme' } }))).toBe(11000)
      await rows.deleteOne({ _id: 1 })
      await rows.updateOne({ _id: 3 }, { $set: { nameKey: 'acme' } })
    })

    test('a duplicate key error says which key', async () => {
      await rows.createIndex({ a: 1, b: 1 }, { unique: true })
      await rows.insertOne({ _id: 1, a: 1, b: 'x' })
      const error = await rows.insertOne({ _id: 2, a: 1, b: 'x' }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ keyPattern: { a: 1, b: 1 }, keyValue: { a: 1, b: 'x' } })
    })

    test('a compound unique index refuses only the whole key, and missing counts as null', async () => {
      await rows.createIndex({ a: 1, b: 1 }, { unique: true })
      await rows.insertMany([
        { _id: 1, a: 1, b: 1 },
        { _id: 2, a: 1, b: 2 },
        { _id: 3, a: 1 },
      ])
      expect(await codeOf(rows.insertOne({ _id: 4, a: 1, b: null }))).toBe(11000)
    })

    test('a sparse unique index leaves documents without the field alone', async () => {
      await rows.createIndex({ a: 1 }, { unique: true, sparse: true })
      await rows.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, a: 1 }])
      expect(await codeOf(rows.insertOne({ _id: 4, a: 1 }))).toBe(11000)
      expect(await ids({ a: null })).toEqual([1, 2])
      expect(await ids({}, { a: 1, _id: 1 })).toEqual([1, 2, 3])
    })

    test('a partial unique index allows one open row and any number of closed ones', async () => {
      await rows.createIndex({ partner: 1, rule: 1 }, { unique: true, partialFilterExpression: { state: 'firing' } })
      await rows.insertMany([
        { _id: 1, partner: 'p', rule: 'r', state: 'resolved' },
        { _id: 2, partner: 'p', rule: 'r', state: 'resolved' },
        { _id: 3, partner: 'p', rule: 'r', state: 'firing' },
      ])
      expect(await codeOf(rows.insertOne({ _id: 4, partner: 'p', rule: 'r', state: 'firing' }))).toBe(11000)
      expect(await codeOf(rows.updateOne({ _id: 1 }, { $set: { state: 'firing' } }))).toBe(11000)
      await rows.updateOne({ _id: 3 }, { $set: { state: 'resolved' } })
      await rows.updateOne({ _id: 1 }, { $set: { state: 'firing' } })
      expect(await ids({ partner: 'p', rule: 'r' })).toEqual([1, 2, 3])
      expect(await ids({ partner: 'p', state: 'firing' })).toEqual([1])
    })

    test('a unique index over an array holds each element', async () => {
      await rows.createIndex({ tags: 1 }, { unique: true })
      await rows.insertOne({ _id: 1, tags: ['a', 'b', 'a'] })
      expect(await codeOf(rows.insertOne({ _id: 2, tags: ['c', 'b'] }))).toBe(11000)
      expect(await ids({ tags: 'c' })).toEqual([])
    })

    test('building a unique index over duplicates is refused', async () => {
      await rows.insertMany([
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
      ])
      expect(await codeOf(rows.createIndex({ a: 1 }, { unique: true }))).toBe(11000)
      expect((await rows.indexes()).map(({ name }) => name)).toEqual(['_id_'])
    })

    test('creating an index again is nothing, creating it differently is refused', async () => {
      await rows.createIndex({ a: 1 })
      await rows.createIndex({ a: 1 })
      expect((await rows.indexes()).map(({ name }) => name)).toEqual(['_id_', 'a_1'])
      expect(await codeOf(rows.createIndex({ a: 1 }, { name: 'other' }))).toBe(85)
      expect(await codeOf(rows.createIndex({ b: 1 }, { name: 'a_1' }))).toBe(86)
    })

    test('queries answer the same with and without indexes', async () => {
      const values: unknown[] = [null, 1, 2, 3, 'a', 'b', at(1), at(2), [1, 3], [], ['a', at(2)], true, { x: 1 }]
      await rows.insertMany(
        values.flatMap((a, i) => [1, 2].map((b) => ({ _id: i * 10 + b, a, b }))).concat({ _id: -1, a: undefined, b: 1 }),
      )
      const filters: object[] = [1, 'a', at(2), null, true, { x: 1 }].flatMap((value) => [
        { a: value },
        { a: value, b: 1 },
        { a: { $ne: value } },
        { a: { $gt: value } },
        { a: { $lte: value }, b: 2 },
        { a: { $gte: value, $lt: 3 } },
        { a: { $in: [value, 3, 'b'] }, b: { $gt: 1 } },
      ])
      const answers = async (): Promise<unknown[]> => {
        const out: unknown[] = []
        for (const filter of filters) out.push(await ids(filter), await ids(filter, { b: -1, _id: 1 }), await rows.countDocuments(filter))
        return out
      }
      const without = await answers()
      await rows.createIndexes([{ key: { a: 1, b: -1 } }, { key: { b: -1, _id: 1 } }, { key: { a: -1 } }])
      expect(await answers()).toEqual(without)
    })
  })

  describe('aggregation', () => {
    const seed = () =>
      rows.insertMany([
        { _id: 1, partner: 'a', level: 'HIGH', n: 4, at: at(1), tags: ['x', 'y'] },
        { _id: 2, partner: 'b', level: 'HIGH', n: 6, at: at(7), tags: [] },
        { _id: 3, partner: 'a', level: 'LOW', n: null, at: at(8), tags: ['x'] },
        { _id: 4, partner: 'a', n: 2, at: at(12) },
      ])

    test('counts by group, with a null group for what is missing', async () => {
      await seed()
      const groups = await rows.aggregate([{ $group: { _id: '$level', n: { $sum: 1 } } }, { $sort: { _id: 1 } }]).toArray()
      expect(groups).toEqual([
        { _id: null, n: 1 },
        { _id: 'HIGH', n: 2 },
        { _id: 'LOW', n: 1 },
      ])
    })

    test('accumulators ignore what is null or missing', async () => {
      await seed()
      const [group] = await rows
        .aggregate([
          { $match: { partner: 'a' } },
          { $sort: { at: 1 } },
          {
            $group: {
              _id: { partner: '$partner' },
              sum: { $sum: '$n' },
              avg: { $avg: '$n' },
              min: { $min: '$n' },
              max: { $max: '$at' },
              first: { $first: '$_id' },
              last: { $last: '$n' },
              all: { $push: '$level' },
              set: { $addToSet: '$partner' },
            },
          },
        ])
        .toArray()
      expect(group).toEqual({
        _id: { partner: 'a' },
        sum: 6,
        avg: 3,
        min: 2,
        max: at(12),
        first: 1,
        last: 2,
        all: ['HIGH', 'LOW'],
        set: ['a'],
      })
    })

    test('rollups group by truncated time', async () => {
      await seed()
      const slots = await rows
        .aggregate([
          { $group: { _id: { $dateTrunc: { date: '$at', unit: 'minute', binSize: 5 } }, n: { $sum: 1 } } },
          { $sort: { _id: -1 } },
          { $limit: 2 },
        ])
        .toArray()
      expect(slots).toEqual([
        { _id: at(10), n: 1 },
        { _id: at(5), n: 2 },
      ])
    })

    test('stages project, add, unset, unwind and replace', async () => {
      await seed()
      const out = await rows
        .aggregate([
          { $match: { tags: { $exists: true } } },
          { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true } },
          { $addFields: { 'info.high': { $eq: ['$level', 'HIGH'] }, twice: { $multiply: ['$n', 2] } } },
          { $unset: ['at', 'partner'] },
          { $project: { tags: 1, twice: 1, info: 1, label: { $concat: ['$level', '-', { $ifNull: ['$tags', 'none'] }] } } },
          { $sort: { _id: 1, tags: 1 } },
        ])
        .toArray()
      expect(out).toEqual([
        { _id: 1, tags: 'x', info: { high: true }, twice: 8, label: 'HIGH-x' },
        { _id: 1, tags: 'y', info: { high: true }, twice: 8, label: 'HIGH-y' },
        { _id: 2, info: { high: true }, twice: 12, label: 'HIGH-none' },
        { _id: 3, tags: 'x', info: { high: false }, twice: null, label: 'LOW-x' },
      ])
      const [root] = await rows.aggregate([{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { was: '$$ROOT.partner' } } }]).toArray()
      expect(root).toEqual({ was: 'a' })
    })

    test('$cond, $switch, $map, $filter and $size compute', async () => {
      await seed()
      const [doc] = await rows
        .aggregate([
          { $match: { _id: 1 } },
          {
            $project: {
              _id: 0,
              size: { $size: '$tags' },
              only: { $filter: { input: '$tags', as: 'tag', cond: { $ne: ['$$tag', 'x'] } } },
              long: { $map: { input: '$tags', as: 'tag', in: { $concat: ['$$tag', '!'] } } },
              kind: { $cond: [{ $gt: ['$n', 3] }, 'big', 'small'] },
              // biome-ignore lint/suspicious/noThenProperty: it is MongoDB's name for a branch's result.
              word: { $switch: { branches: [{ case: { $eq: ['$n', 4] }, then: 'four' }], default: 'other' } },
            },
          },
        ])
        .toArray()
      expect(doc).toEqual({ size: 2, only: ['y'], long: ['x!', 'y!'], kind: 'big', word: 'four' })
    })

    test('$lookup joins another collection by a field', async () => {
      await seed()
      const names = collection('names')
      await names.insertMany([{ _id: 'a', name: 'Acme' }])
      const out = await rows
        .aggregate([
          { $match: { _id: { $in: [1, 2] } } },
          { $lookup: { from: 'names', localField: 'partner', foreignField: '_id', as: 'names' } },
          { $project: { names: 1 } },
          { $sort: { _id: 1 } },
        ])
        .toArray()
      await names.drop()
      expect(out).toEqual([
        { _id: 1, names: [{ _id: 'a', name: 'Acme' }] },
        { _id: 2, names: [] },
      ])
    })

    test('$facet and $count summarise', async () => {
      await seed()
      const [facet] = await rows
        .aggregate([{ $facet: { total: [{ $count: 'n' }], high: [{ $match: { level: 'HIGH' } }, { $count: 'n' }] } }])
        .toArray()
      expect(facet).toEqual({ total: [{ n: 4 }], high: [{ n: 2 }] })
      expect(await rows.aggregate([{ $match: { _id: 99 } }, { $count: 'n' }]).toArray()).toEqual([])
    })

    test('counts are the same with a limit, a skip and an index', async () => {
      await seed()
      await rows.createIndex({ partner: 1 })
      expect(await rows.countDocuments({ partner: 'a' })).toBe(3)
      expect(await rows.countDocuments({ partner: 'a' }, { limit: 2 })).toBe(2)
      expect(await rows.countDocuments({ partner: 'a' }, { skip: 2 })).toBe(1)
      expect(await rows.countDocuments({ partner: 'zz' })).toBe(0)
      expect(await rows.estimatedDocumentCount()).toBe(4)
    })

    test('a pipeline over a collection that does not exist is empty', async () => {
      expect(
        await collection('nowhere')
          .aggregate([{ $group: { _id: null, n: { $sum: 1 } } }])
          .toArray(),
      ).toEqual([])
    })
  })

  describe('what is unknown', () => {
    test('commands, operators and stages that do not exist are refused', async () => {
      await rows.insertOne({ _id: 1 })
      expect(await codeOf(database.db.command({ nonsense: 1 }))).toBe(59)
      expect(await codeOf(rows.find({ a: { $nonsense: 1 } }).toArray())).toBe(2)
      expect(await codeOf(rows.aggregate([{ $nonsense: {} }]).toArray())).toBe(40324)
      await expect(rows.aggregate([{ $project: { a: { $nonsense: 1 } } }]).toArray()).rejects.toThrow(MongoServerError)
    })

    test('names that are not allowed are refused', async () => {
      expect(await codeOf(database.db.command({ insert: 'a$b', documents: [{ a: 1 }] }))).toBe(73)
    })
  })

  describe('collections', () => {
    test('are listed by name and gone when dropped', async () => {
      await rows.insertOne({ _id: 1 })
      expect(await database.db.listCollections({ name: rows.collectionName }, { nameOnly: true }).toArray()).toMatchObject([
        { name: rows.collectionName },
      ])
      await rows.drop()
      expect(await database.db.listCollections({ name: rows.collectionName }).toArray()).toEqual([])
      expect(await rows.find().toArray()).toEqual([])
      expect(await codeOf(rows.indexes())).toBe(26)
    })
  })
})
