import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitJsonArray } from './split-json-array.ts'

async function* piecesOf(text: string, length: number) {
  for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length)
}
const split = (text: string, length: number) => Array.fromAsync(splitJsonArray(piecesOf(text, length)))
/** What comes of the pieces, or that they are no array of JSON. */
const read = async (text: string, length: number): Promise<unknown> => {
  try {
    const parts = await split(text, length)
    const rows = parts.map((part) => JSON.parse(part.text) as unknown)
    return parts.every(({ isElement }) => isElement) ? rows : 'no array'
  } catch {
    return 'no array'
  }
}
const asJson = (text: string): unknown => {
  try {
    const value = JSON.parse(text) as unknown
    return Array.isArray(value) ? value : 'no array'
  } catch {
    return 'no array'
  }
}

test('reads what JSON.parse reads, however the text is cut', async () => {
  const texts = fc.json().map((text) => `[${text}, ${text}]`)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.json(),
        texts,
        fc.array(fc.json()).map((parts) => `[${parts.join(' , ')}]`),
      ),
      fc.integer({ min: 1, max: 20 }),
      async (text, length) => {
        expect(await read(text, length)).toEqual(asJson(text))
      },
    ),
  )
})

test('refuses what JSON.parse refuses', async () => {
  const marks = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '1', ' ', ':', 'null'), maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        marks,
        marks.map((text) => `[${text}]`),
      ),
      fc.integer({ min: 1, max: 3 }),
      async (text, length) => {
        expect(await read(text, length)).toEqual(asJson(text))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('gives an element as soon as it is there, and reads no further', async () => {
  let asked = 0
  async function* endless() {
    yield '['
    for (;;) {
      asked += 1
      yield '[],'
    }
  }
  for await (const { text } of splitJsonArray(endless())) {
    expect(text).toBe('[]')
    if (asked === 3) break
  }
  expect(asked).toBe(3)
})
