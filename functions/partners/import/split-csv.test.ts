import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitCsv } from './split-csv.ts'

async function* piecesOf(text: string, length: number) {
  for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length)
}
const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é'), maxLength: 6 })
const records = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })

test.each(['unix', 'windows', 'mac'] as const)(
  'reads what the parser reads of the whole, however the text is cut: %s',
  async (delimiter) => {
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 12 }), async (rows, length) => {
        const text = stringify(rows, { record_delimiter: delimiter, quoted: true })
        const read: unknown[] = []
        for await (const part of splitCsv(piecesOf(text, length))) {
          read.push(...parse(part.text))
          const before = text.indexOf(part.text)
          if (!text.includes('\r') && text.indexOf(part.text, before + 1) < 0)
            expect(part.linesBefore).toBe(text.slice(0, before).split('\n').length - 1)
        }
        expect(read).toEqual(parse(text))
      }),
    )
  },
)
