import { AppError } from '../../../shared/errors.ts'

/** So much is worked on at a time; a wait in between lets other requests have their turn. */
const pieceBytes = 16_384

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Thrown after all text before the first byte at fault. Neither the byte nor what is around it is shown: it may be a secret. */
export class BadByteError extends AppError {
  readonly fault: string

  constructor(encoding: Encoding) {
    const fault = `is not ${encoding.toUpperCase()}; save the file as UTF-8 ("CSV UTF-8" in Excel) or as UTF-16 with a byte order mark`
    super('invalid', `What was sent ${fault}.`)
    this.fault = fault
  }

  /** The same failure with the row that the byte is in (0: the header), and in CSV its column. */
  at(row: number, column?: string): AppError {
    const place = [row === 0 ? 'the header' : `row ${row}`, ...(column ? [`column ${column}`] : [])].join(', ')
    const issues = row === 0 ? [] : [{ path: [row, ...(column ? [column] : [])].join('.'), message: this.fault }]
    return new AppError('invalid', `What is sent in ${place} ${this.fault}.`, { issues })
  }
}

/** By the byte order mark; without one it is UTF-8. */
const encodingOf = ([first, second]: Uint8Array): Encoding => {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** How many bytes at the end begin a character that what follows goes on with. */
const openBytes = (bytes: Uint8Array, encoding: Encoding): number => {
  if (encoding !== 'utf-8') {
    const odd = bytes.length % 2
    const high = bytes.at(encoding === 'utf-16le' ? -1 - odd : -2 - odd) ?? 0
    return odd + ((high & 0xfc) === 0xd8 ? 2 : 0)
  }
  const fromEnd = [1, 2, 3].find((at) => ((bytes.at(-at) ?? 0) & 0xc0) !== 0x80) ?? 0
  const lead = bytes.at(-fromEnd) ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return length > fromEnd ? fromEnd : 0
}

/** Byte by byte, up to the one at fault. */
const decodeGood = (bytes: Uint8Array, encoding: Encoding): string => {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let text = ''
  try {
    for (const byte of bytes) text += decoder.decode(Uint8Array.of(byte), { stream: true })
  } catch {}
  return text
}

/** Cuts a body into pieces of even length, of which only the last may be short. */
async function* cutBody(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  let rest: Uint8Array = new Uint8Array()
  try {
    for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
      const bytes = rest.length === 0 ? chunk.value : concat(rest, chunk.value)
      let from = 0
      for (; from + pieceBytes <= bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes)
      rest = bytes.subarray(from)
    }
    yield rest
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/**
 * The text of a body as it arrives, in small pieces, without its byte order mark. Who stops reading ends the upload.
 * @throws BadByteError at a byte that is not of the encoding, and at NUL, which is UTF-16 without its mark
 */
export async function* readPieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let encoding: Encoding | undefined
  let open: Uint8Array = new Uint8Array()
  const decode = (bytes: Uint8Array, isFirst: boolean, type: Encoding): { text: string; isBad: boolean } => {
    try {
      const text = new TextDecoder(type, { fatal: true, ignoreBOM: !isFirst }).decode(bytes)
      const nul = text.indexOf('\0')
      return nul < 0 ? { text, isBad: false } : { text: text.slice(0, nul), isBad: true }
    } catch {
      return { text: decodeGood(bytes, type).replace(isFirst ? /^\uFEFF/ : '', ''), isBad: true }
    }
  }
  for await (const piece of cutBody(body)) {
    const isFirst = encoding === undefined
    encoding ??= encodingOf(piece)
    const bytes = open.length === 0 ? piece : concat(open, piece)
    const end = bytes.length - openBytes(bytes, encoding)
    open = bytes.slice(end)
    const { text, isBad } = decode(bytes.subarray(0, end), isFirst, encoding)
    yield text
    if (isBad) throw new BadByteError(encoding)
    await new Promise((resolve) => setTimeout(resolve))
  }
  if (open.length > 0 && encoding) throw new BadByteError(encoding)
}
