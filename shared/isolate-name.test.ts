import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isolateName } from './isolate-name.ts'

test.each(['Acme', 'Zoë & Söhne', '漢字', 'Яндекс', '3M', '-', ''])('leaves a name that turns nothing as it is: %s', (name) => {
  expect(isolateName(name)).toBe(name)
})

test.each([
  ['Hebrew', 'חברה'],
  ['Arabic', 'شركة (2)'],
  ['an override', 'Acme \u202Egnp.'],
  ['an embedding that is left open', '\u202BAcme'],
  ['a mark', 'Acme!\u200F'],
])('isolates a name with %s', (_, name) => {
  expect(isolateName(name)).toBe(`\u2068${name}\u2069`)
})

test.each([
  ['ends an isolate', 'a\u2069\u202Eb', 'a\u202Eb'],
  ['opens isolates', '\u2067\u2066\u2068a', 'a'],
  ['begins a paragraph', 'ש\u2029a\nb', 'ש a b'],
])('lets nothing out of a name that %s', (_, name, inside) => {
  expect(isolateName(name)).toBe(`\u2068${inside}\u2069`)
})

test('whatever a name holds, its isolate ends where the name does', () => {
  const unit = fc.constantFrom('a', 'ש', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069', '\u2029', '\n', '\u0085')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (name) => {
      const isolated = isolateName(name)
      expect(isolated.slice(1, -1)).not.toMatch(/[\u2066-\u2069]/)
      if (isolated !== name) expect(isolated).toMatch(/^\u2068[^\n\u0085\u2029]*\u2069$/)
    }),
  )
})
