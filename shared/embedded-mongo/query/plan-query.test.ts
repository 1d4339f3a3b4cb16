import { BSONRegExp } from 'bson'
import { describe, expect, test } from 'vitest'
import type { Doc } from '../bson/values.ts'
import { compilePartial, type Index } from '../storage/index-definition.ts'
import { planQuery } from './plan-query.ts'
import { parseSort } from './sort-documents.ts'

const index = (key: Record<string, 1 | -1>, options: Partial<Index> = {}): Index => ({
  table: 'index',
  name: Object.keys(key).join('_'),
  spec: { key },
  fields: parseSort(key),
  unique: false,
  sparse: false,
  partial: undefined,
  covers: compilePartial(options.partial),
  expireAfterSeconds: undefined,
  multikey: false,
  ...options,
})
const id = index({ _id: 1 }, { unique: true })

const plan = (indexes: Index[], filter: Doc, sort: Record<string, 1 | -1> = {}) => {
  const { index: chosen, ranges, reverse, sorted, exact } = planQuery([id, ...indexes], filter, parseSort(sort))
  return { index: chosen?.name, ranges: ranges.length, reverse, sorted, exact }
}

describe('planQuery', () => {
  test('takes equality on the leading fields, a range on the next and the sort from what remains', () => {
    const history = index({ partner: 1, at: -1 })
    expect(plan([history], { partner: 'p' }, { at: -1 })).toEqual({
      index: 'partner_at',
      ranges: 1,
      reverse: false,
      sorted: true,
      exact: true,
    })
    expect(plan([history], { partner: 'p' }, { at: 1 })).toMatchObject({ reverse: true, sorted: true })
    expect(plan([history], { partner: 'p', at: { $gte: new Date(0), $lt: new Date(9) } }, { at: -1 })).toMatchObject({
      index: 'partner_at',
      sorted: true,
      exact: true,
    })
    expect(plan([history], { at: { $gte: new Date(0) } })).toMatchObject({ index: undefined })
  })

  test('reads one range for each value of $in, and sorts those afterwards', () => {
    expect(plan([index({ state: 1, at: 1 })], { state: { $in: ['a', 'b', 'a'] } }, { at: 1 })).toMatchObject({ ranges: 2, sorted: false })
  })

  test('prefers a whole unique key, then more equality', () => {
    const indexes = [index({ a: 1 }), index({ a: 1, b: 1 }), index({ a: 1, c: 1 })]
    expect(plan(indexes, { a: 1, b: 2 })).toMatchObject({ index: 'a_b' })
    expect(plan(indexes, { _id: 5, a: 1, b: 2 })).toMatchObject({ index: '_id', exact: false })
    expect(plan(indexes, { $and: [{ a: 1 }, { c: { $gt: 2 } }] })).toMatchObject({ index: 'a_c' })
  })

  test('uses an index for a sort alone', () => {
    expect(plan([index({ at: -1, _id: -1 })], {}, { at: -1, _id: -1 })).toMatchObject({ index: 'at__id', sorted: true, reverse: false })
    expect(plan([index({ at: -1, _id: -1 })], {}, { at: 1, _id: -1 })).toMatchObject({ index: undefined, sorted: false })
  })

  test('uses a partial index only where the query implies its filter', () => {
    const open = index({ partner: 1 }, { partial: { state: 'firing' } })
    expect(plan([open], { partner: 'p', state: 'firing' })).toMatchObject({ index: 'partner' })
    expect(plan([open], { partner: 'p', state: { $in: ['firing', 'resolved'] } })).toMatchObject({ index: undefined })
    expect(plan([open], { partner: 'p' })).toMatchObject({ index: undefined })
    const positive = index({ partner: 1 }, { partial: { n: { $gt: 0 } } })
    expect(plan([positive], { partner: 'p', n: 3 })).toMatchObject({ index: 'partner' })
    expect(plan([positive], { partner: 'p', n: 0 })).toMatchObject({ index: undefined })
  })

  test('uses a sparse index only where the query asks for a value', () => {
    const sparse = index({ email: 1 }, { sparse: true })
    expect(plan([sparse], { email: 'a' })).toMatchObject({ index: 'email' })
    expect(plan([sparse], { email: null })).toMatchObject({ index: undefined })
    expect(plan([sparse], {}, { email: 1 })).toMatchObject({ index: undefined, sorted: false })
  })

  test('takes one side of a range, no sort and no count from an index that holds arrays', () => {
    const tags = index({ tags: 1 }, { multikey: true })
    expect(plan([tags], { tags: { $gt: 1, $lt: 5 } }, { tags: 1 })).toMatchObject({ index: 'tags', sorted: false, exact: false })
    expect(plan([tags], { tags: null })).toMatchObject({ index: 'tags', ranges: 1, exact: false })
  })

  test('leaves what no index answers to the filter', () => {
    const a = index({ a: 1 })
    const pattern = new BSONRegExp('x', '')
    for (const condition of [pattern, [1], { $ne: 1 }, { $exists: true }, { $in: [pattern] }, { $not: { $gt: 1 } }, { $gt: null }]) {
      expect(plan([a], { a: condition }), JSON.stringify(condition)).toMatchObject({ index: undefined, exact: false })
    }
    expect(plan([a], { $or: [{ a: 1 }, { b: 1 }] })).toMatchObject({ index: undefined })
    expect(plan([a], { a: 1, b: 2 })).toMatchObject({ index: 'a', exact: false })
  })

  test('does not count a range of numbers from the index, because NaN lies in it', () => {
    expect(plan([index({ n: 1 })], { n: { $lt: 5 } })).toMatchObject({ index: 'n', exact: false })
  })
})
