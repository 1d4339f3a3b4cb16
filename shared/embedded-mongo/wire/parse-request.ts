import { BSONError } from 'bson'
import { type Doc, decodeDoc } from '../bson/values.ts'
import { type Message, WireError } from './message-reader.ts'

/** A command that a client sent, and how it wants the answer. */
export type Request = { requestId: number; legacy: boolean; wantsReply: boolean; body: Doc }

export const OP_REPLY = 1
const OP_QUERY = 2004
export const OP_MSG = 2013
const CHECKSUM_PRESENT = 1
const MORE_TO_COME = 2
const REQUIRED_BITS = 0xffff

/** The document that starts at `at`, and where it ends. */
const readDoc = (bytes: Buffer, at: number, end: number): { doc: Doc; end: number } => {
  const length = at + 4 <= end ? bytes.readInt32LE(at) : 0
  if (length < 5 || at + length > end) throw new WireError('A document does not fit in its message')
  try {
    return { doc: decodeDoc(bytes.subarray(at, at + length)), end: at + length }
  } catch (error) {
    if (error instanceof BSONError || error instanceof RangeError) throw new WireError(`A document is not valid BSON: ${error.message}`)
    throw error
  }
}

const readCString = (bytes: Buffer, at: number, end: number): { text: string; end: number } => {
  const zero = bytes.indexOf(0, at)
  if (zero < 0 || zero >= end) throw new WireError('A string does not end')
  return { text: bytes.toString('utf8', at, zero), end: zero + 1 }
}

/** A document sequence (kind 1): a field name and its documents. */
const readSequence = (bytes: Buffer, at: number, end: number): { name: string; docs: Doc[]; end: number } => {
  const size = at + 4 <= end ? bytes.readInt32LE(at) : 0
  const last = at + size
  if (size < 5 || last > end) throw new WireError('A document sequence does not fit in its message')
  const { text: name, end: first } = readCString(bytes, at + 4, last)
  const docs: Doc[] = []
  let next = first
  while (next < last) {
    const read = readDoc(bytes, next, last)
    docs.push(read.doc)
    next = read.end
  }
  return { name, docs, end: last }
}

// The checksum is not verified: it guards against a network that mangles bytes, and this is a socket on the same machine.
const parseMsg = ({ requestId, body }: Message): Request => {
  if (body.length < 4) throw new WireError('An OP_MSG is too short')
  const flags = body.readUInt32LE(0)
  if ((flags & REQUIRED_BITS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) throw new WireError(`OP_MSG flags ${flags} are not supported`)
  const end = body.length - (flags & CHECKSUM_PRESENT ? 4 : 0)
  let at = 4
  let command: Doc | undefined
  const sequences: Doc = {}
  while (at < end) {
    const kind = body[at]
    if (kind === 0) {
      if (command) throw new WireError('An OP_MSG has two bodies')
      const read = readDoc(body, at + 1, end)
      command = read.doc
      at = read.end
    } else if (kind === 1) {
      const read = readSequence(body, at + 1, end)
      sequences[read.name] = read.docs
      at = read.end
    } else throw new WireError(`OP_MSG section kind ${kind} is not supported`)
  }
  if (!command) throw new WireError('An OP_MSG has no body')
  return { requestId, legacy: false, wantsReply: (flags & MORE_TO_COME) === 0, body: { ...command, ...sequences } }
}

const parseQuery = ({ requestId, body }: Message): Request => {
  if (body.length < 4) throw new WireError('An OP_QUERY is too short')
  const { text, end } = readCString(body, 4, body.length)
  const { doc } = readDoc(body, end + 8, body.length)
  return { requestId, legacy: true, wantsReply: true, body: { ...doc, $db: text.split('.')[0] } }
}

/** The command in a message. Throws WireError for malformed bytes and for the operations that MongoDB has retired. */
export const parseRequest = (message: Message): Request => {
  if (message.opCode === OP_MSG) return parseMsg(message)
  if (message.opCode === OP_QUERY) return parseQuery(message)
  throw new WireError(`Operation ${message.opCode} is not supported`)
}
