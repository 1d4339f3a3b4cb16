import { Int32 } from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Doc, decodeDoc, encodeDoc } from '../bson/values.ts'
import { createCursors } from '../cursors.ts'
import type { Engine } from '../engine.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { compareSortKeys, parseSort, sortKey } from '../query/sort-documents.ts'
import { createCatalog } from '../storage/catalog.ts'
import { createDocuments } from '../storage/documents.ts'
import { openDatabase } from '../storage/open-database.ts'
import { countDocuments, selectDocuments } from './select-documents.ts'

// Few fields and few values, so that most queries have matches and most documents share keys.
const scalar = fc.constantFrom<unknown>(new Int32(0), new Int32(1), new Int32(2), null, 'x', new Date(1), Number.NaN)
const integer = fc.constantFrom(new Int32(0), new Int32(1), new Int32(2))
const nested = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({}, { c: new Int32(1) }, { c: null }) },
)
const value = fc.oneof(
  { weight: 6, arbitrary: nested },
  { weight: 1, arbitrary: fc.array(nested, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(integer, { minLength: 2, maxLength: 3 }) },
)
const doc = fc.record({ a: value, b: scalar }, { requiredKeys: [] })

const condition = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 2, arbitrary: fc.record({ $gt: integer, $lt: integer }) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('$ne', '$gt', '$gte', '$lt', '$lte'), scalar).map(([name, each]) => ({ [name]: each })),
  },
  { weight: 2, arbitrary: fc.array(nested, { minLength: 1, maxLength: 3 }).map((list) => ({ $in: list })) },
  { weight: 1, arbitrary: fc.boolean().map((flag) => ({ $exists: flag })) },
)
const path = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b') }, { weight: 1, arbitrary: fc.constant('a.c') })
const conjunct = fc.tuple(path, condition).map(([key, each]): Doc => ({ [key]: each }))
const filter = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Doc>({}) },
  { weight: 6, arbitrary: fc.array(conjunct, { minLength: 1, maxLength: 2 }).map((parts) => Object.assign({}, ...parts) as Doc) },
  { weight: 2, arbitrary: fc.array(conjunct, { minLength: 1, maxLength: 2 }).map((parts): Doc => ({ $and: parts })) },
  { weight: 1, arbitrary: fc.array(conjunct, { minLength: 1, maxLength: 2 }).map((parts): Doc => ({ $or: parts })) },
)
const fields = fc
  .uniqueArray(fc.tuple(path, fc.constantFrom(1, -1)), { selector: ([key]) => key, minLength: 1, maxLength: 3 })
  .filter((list) => !(list.some(([key]) => key === 'a') && list.some(([key]) => key === 'a.c')))
  .map((list): Doc => Object.fromEntries(list))
const options = fc.constantFrom<Doc>({}, {}, {}, { sparse: true }, { partialFilterExpression: { b: { $exists: true } } })
const quiet = (): void => {}

describe('selectDocuments', () => {
  test('finds through any indexes what a look at every document finds, in the order that was asked for', () => {
    fc.assert(
      fc.property(
        fc.array(doc, { minLength: 5, maxLength: 25 }),
        fc.array(fc.tuple(fields, options), { minLength: 1, maxLength: 2 }),
        filter,
        fc.option(fields),
        fc.integer({ min: 1, max: 5 }),
        (docs, indexes, query, order, limit) => {
          const database = openDatabase(':memory:')
          const catalog = createCatalog(database)
          const documents = createDocuments(database, catalog)
          const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
          const engine: Engine = { database, catalog, documents, cursors: createCursors(Date.now), log, now: Date.now }
          const collection = catalog.create('db', 'rows')
          const stored = docs.map((each, i) => decodeDoc(encodeDoc({ _id: i, ...each })))
          for (const [i, [key, more]] of indexes.entries()) catalog.addIndex(collection, { key, name: `i${i}`, ...more })
          for (const each of stored) documents.insert(collection, each)

          const sort = parseSort(order)
          const matching = stored.filter(compileFilter(query))
          const sorted = matching.map((each) => sortKey(each, sort)).sort((x, y) => compareSortKeys(x, y, sort))
          const select = (limit: number): Doc[] =>
            [...selectDocuments(engine, collection, { filter: query, sort, skip: 0, limit }, 'find')].map(({ bytes }) => decodeDoc(bytes))

          const all = select(0)
          expect(all.map(({ _id }) => Number(_id)).sort((x, y) => x - y)).toEqual(matching.map(({ _id }) => Number(_id)))
          expect(all.map((each) => sortKey(each, sort))).toEqual(sorted)
          expect(select(limit).map((each) => sortKey(each, sort))).toEqual(sorted.slice(0, limit))
          expect(countDocuments(engine, collection, { filter: query, sort: [], skip: 0, limit: 0 })).toBe(matching.length)
          database.close()
        },
      ),
      { numRuns: 3000 },
    )
  })
})
