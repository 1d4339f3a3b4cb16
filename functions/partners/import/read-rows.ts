import { AppError } from '../../../shared/errors.ts'
import { readPartnerCsv } from './partner-csv.ts'
import { BadByteError, readPieces } from './read-pieces.ts'
import { splitJsonArray } from './split-json-array.ts'

/** @throws AppError `bad_request` */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Without the cause: a parser's message quotes the body, which holds secrets, and a cause is logged.
    throw new AppError('bad_request', 'The body is not JSON; send CSV with Content-Type: text/csv.')
  }
}

const notAnArray = () =>
  new AppError('invalid', 'The body must be an array of partners, or an SSH configuration with format=ssh-config.', {
    issues: [{ path: 'format', message: 'has to be ssh-config for a body that is no array of partners' }],
  })

async function* readJson(pieces: AsyncIterable<string>): AsyncGenerator<unknown> {
  let rows = 0
  try {
    for await (const { text, isElement } of splitJsonArray(pieces)) {
      const row = parseJson(text)
      if (!isElement) throw notAnArray()
      rows += 1
      yield row
    }
  } catch (cause) {
    throw cause instanceof BadByteError ? cause.at(rows + 1) : cause
  }
}

/** The rows of an import as they arrive: CSV or JSON, as its type says. Who stops reading ends the upload. */
export const readRows = (request: Request): AsyncIterable<unknown> => {
  const pieces = readPieces(request.body)
  return request.headers.get('content-type')?.startsWith('text/csv') ? readPartnerCsv(pieces) : readJson(pieces)
}
