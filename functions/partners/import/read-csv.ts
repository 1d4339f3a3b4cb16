import { parse } from 'csv-parse/sync'
import { AppError } from '../../../shared/errors.ts'
import { splitCsv } from './split-csv.ts'

type Cells = readonly string[]
type Parsed = { record: string[]; info: { lines: number } }

const delimiters = [',', ';', '\t'] as const
type Delimiter = (typeof delimiters)[number]

const isEmpty = (cells: Cells) => cells.every((cell) => cell.trim() === '')

const parseRecords = (text: string, delimiter: Delimiter, linesBefore: number): Parsed[] => {
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true, info: true }) as unknown as Parsed[]
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'unknown error'
    const placed = message.replace(/\bline (\d+)/, (_, line) => `line ${Number(line) + linesBefore}`)
    throw new AppError('invalid', `The CSV could not be read: ${placed}`)
  }
}

/** What a first line such as `sep=;` says, which spreadsheets write and read. */
const readSeparatorLine = (text: string) => {
  const [line, separator] = /^sep=(.*?)(?:\r\n|\n|\r|$)/i.exec(text) ?? []
  if (line === undefined) return null
  const delimiter = delimiters.find((known) => known === separator)
  if (!delimiter) throw new AppError('invalid', 'The line sep= names none of comma, semicolon and tab.')
  return { delimiter, length: line.length }
}

/** The names of the columns hold no separator, so the first one that comes is it. */
const delimiterOf = (text: string): Delimiter => {
  const first = /[,;\t\r\n]/.exec(text.trimStart())?.[0]
  return delimiters.find((delimiter) => delimiter === first) ?? ','
}

const readHeader = (cells: Cells): string[] => {
  const names = cells.map((name) => name.trim())
  const last = names.findLastIndex((name) => name !== '')
  const header = names.slice(0, last + 1)
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at)
  if (twice !== undefined) throw new AppError('invalid', `The column ${twice} is there twice.`)
  return header
}

const rowOf = (header: Cells, { record, info }: Parsed, linesBefore: number): Record<string, string> => {
  const isLonger = !isEmpty(record.slice(header.length))
  if (isLonger || record.length < header.length) {
    const counts = `${record.length} ${record.length === 1 ? 'cell' : 'cells'}, the header ${header.length}`
    throw new AppError('invalid', `The CSV could not be read: the row that ends at line ${info.lines + linesBefore} has ${counts}.`)
  }
  return Object.fromEntries(header.map((name, at) => [name, record[at] ?? '']))
}

/**
 * The rows of CSV (RFC 4180), as they arrive, by the names of its header, which `checkHeader` refuses or not. Commas, semicolons and tabs
 * separate cells, as a `sep=` line says or the header shows. Rows without any text and columns without a name at the end are left out.
 */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  checkHeader: (names: readonly string[]) => void,
): AsyncGenerator<Record<string, string>> {
  let delimiter: Delimiter | undefined
  let header: string[] | undefined
  let rows = 0
  for await (const { text, linesBefore, badByte } of splitCsv(pieces)) {
    // Of empty rows the parser makes far more work than of others.
    if (!badByte && /^[,;\s]*$/.test(text)) continue
    const separator = linesBefore === 0 ? readSeparatorLine(text) : null
    delimiter ??= separator?.delimiter ?? delimiterOf(text)
    const start = separator ? linesBefore + 1 : linesBefore
    const records = parseRecords(separator ? text.slice(separator.length) : text, delimiter, start)
    if (badByte) {
      const cells = records.at(-1)?.record.length ?? 1
      throw badByte.at(header ? rows + 1 : 0, header?.[cells - 1] || String(cells))
    }
    for (const parsed of records) {
      if (isEmpty(parsed.record)) continue
      if (header) {
        rows += 1
        yield rowOf(header, parsed, start)
      } else {
        header = readHeader(parsed.record)
        checkHeader(header)
      }
    }
  }
}
