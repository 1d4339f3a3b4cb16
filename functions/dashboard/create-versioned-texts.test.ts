import { expect, test } from 'vitest'
import { createVersionedTexts } from './create-versioned-texts.ts'

const textsOf = (entries: Record<string, string>) => new Map(Object.entries(entries))

test('tells what changed and what is gone since any version', () => {
  const texts = createVersionedTexts()
  expect(texts.take(textsOf({ a: 'a1', b: 'b1' }), 1)).toBe(true)
  expect(texts.take(textsOf({ a: 'a1', b: 'b1' }), 2)).toBe(false)
  expect(texts.take(textsOf({ a: 'a2', c: 'c1' }), 2)).toBe(true)
  expect(texts.take(textsOf({ a: 'a3', b: 'b2', c: 'c1' }), 3)).toBe(true)
  expect([0, 1, 2, 3].map((version) => texts.changedAfter(version))).toEqual([['a3', 'c1', 'b2'], ['a3', 'c1', 'b2'], ['a3', 'b2'], []])
  expect(texts.removedAfter(1)).toEqual([])
  expect(texts.take(textsOf({}), 4)).toBe(true)
  expect([texts.changedAfter(0), texts.removedAfter(3), texts.removedAfter(4)]).toEqual([[], ['a', 'c', 'b'], []])
})

test('forgets the oldest of many removals, and says since when it knows all', () => {
  const texts = createVersionedTexts()
  for (let version = 1; version <= 1_500; version++) texts.take(textsOf({ [`row ${version}`]: '' }), version)
  expect(texts.removedAfter(0)).toHaveLength(1_000)
  const since = texts.completeAfter()
  expect(texts.removedAfter(since)).toHaveLength(1_000)
  expect(texts.removedAfter(since)[0]).toBe(`row ${since}`)
})
