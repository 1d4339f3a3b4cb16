import { BadByteError } from './read-pieces.ts'
import { maxRowLength, rowTooLong } from './row-limits.ts'

/** `badByte`: the text is the one record, or its beginning, that ends where a byte is at fault. */
type CsvPart = { text: string; linesBefore: number; badByte?: BadByteError }

const [quote, lineFeed, carriageReturn] = [34, 10, 13]

/** Cuts CSV into texts of whole records, each with the number of lines before it: at line breaks that are not between quotes. */
export async function* splitCsv(pieces: AsyncIterable<string>): AsyncGenerator<CsvPart> {
  let rest = ''
  let isQuoted = false
  let linesBefore = 0
  let lines = 0
  try {
    for await (const piece of pieces) {
      let end = 0
      let linesAtEnd = lines
      for (let at = 0; at < piece.length; at++) {
        const code = piece.charCodeAt(at)
        if (code === quote) isQuoted = !isQuoted
        const next = piece.charCodeAt(at + 1)
        const isBreak = code === lineFeed || (code === carriageReturn && !Number.isNaN(next) && next !== lineFeed)
        if (!isBreak) continue
        lines += 1
        if (isQuoted) continue
        end = at + 1
        linesAtEnd = lines
      }
      if (end > 0) {
        yield { text: rest + piece.slice(0, end), linesBefore }
        rest = ''
        linesBefore = linesAtEnd
      }
      rest += piece.slice(end)
      if (rest.length > maxRowLength) throw rowTooLong(`The row at line ${linesBefore + 1}`)
    }
  } catch (cause) {
    if (!(cause instanceof BadByteError)) throw cause
    yield { text: isQuoted ? `${rest}"` : rest, linesBefore, badByte: cause }
  }
  if (rest) yield { text: rest, linesBefore }
}
