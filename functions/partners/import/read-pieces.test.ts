import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadByteError, readPieces } from './read-pieces.ts'

const utf16 = (text: string, isLittle: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * text.length))
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), isLittle)
  return new Uint8Array(view.buffer)
}
const encoders = {
  'UTF-8': (text: string) => new TextEncoder().encode(text),
  'UTF-8 with a mark': (text: string) => new TextEncoder().encode(`\uFEFF${text}`),
  'UTF-16 LE': (text: string) => utf16(`\uFEFF${text}`, true),
  'UTF-16 BE': (text: string) => utf16(`\uFEFF${text}`, false),
}
const bodyOf = (bytes: Uint8Array, chunkLength: number) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let from = 0; from < bytes.length; from += chunkLength) controller.enqueue(bytes.subarray(from, from + chunkLength))
      controller.close()
    },
  })
const read = async (bytes: Uint8Array, chunkLength = bytes.length || 1) => {
  let text = ''
  try {
    for await (const piece of readPieces(bodyOf(bytes, chunkLength))) text += piece
    return { text, error: null }
  } catch (error) {
    return { text, error }
  }
}

test.each(Object.entries(encoders))('reads %s as it was written, however it is cut', async (_, encode) => {
  const unit = fc.constantFrom('a', '\n', 'é', '漢', '🚀', '\uFFFD')
  const long = fc
    .tuple(fc.string({ unit, maxLength: 20 }), fc.integer({ min: 0, max: 1_500 }))
    .map(([text, times]) => text.repeat(times + 1))
  await fc.assert(
    fc.asyncProperty(long, fc.constantFrom(1, 3, 1_000, 16_383, 65_536), async (text, chunkLength) => {
      expect(await read(encode(text), Math.max(chunkLength, 1))).toEqual({ text, error: null })
    }),
    { numRuns: 30 },
  )
})

test('gives all text before the first byte that is not UTF-8, wherever it is', async () => {
  const lead = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '🚀'), maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(
      lead,
      fc.constantFrom(0, 1, 16_380, 16_383, 16_384, 40_000),
      fc.constantFrom(0x80, 0xe4, 0xfc, 0xff, 0),
      async (text, padding, bad) => {
        const good = `${'x'.repeat(padding)}${text}`
        const result = await read(Uint8Array.of(...new TextEncoder().encode(good), bad, ...new TextEncoder().encode(' and more')))
        expect([result.text, result.error]).toEqual([good, expect.any(BadByteError)])
      },
    ),
    { numRuns: 60 },
  )
})

test.each([
  ['half a character at the end of UTF-8', Uint8Array.of(0x61, 0xf0, 0x9f, 0x9a), 'a'],
  ['half a character in UTF-16', utf16('\uFEFFab\uD83Dc', true), 'ab'],
  ['half a unit at the end of UTF-16', utf16('\uFEFFab', false).slice(0, 5), 'a'],
  ['UTF-16 without its mark', utf16('ab', true), 'a'],
])('refuses %s', async (_, bytes, text) => {
  expect(await read(bytes)).toEqual({ text, error: expect.any(BadByteError) })
})
