/** A message of MongoDB's wire protocol without its header. Source: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/. */
export type Message = { requestId: number; opCode: number; body: Buffer }

/** Thrown for bytes that are not a message; the connection cannot be read any further. */
export class WireError extends Error {}

const HEADER_BYTES = 16
export const MAX_MESSAGE_BYTES = 48_000_000

/** Cuts a byte stream into messages: feed it chunks as they come. Throws WireError on an impossible length. */
export const createMessageReader = (): ((chunk: Buffer) => Message[]) => {
  let chunks: Buffer[] = []
  let received = 0
  return (chunk) => {
    chunks.push(chunk)
    received += chunk.length
    const messages: Message[] = []
    while (received >= HEADER_BYTES) {
      const head = chunks[0]!.length >= HEADER_BYTES ? chunks[0]! : Buffer.concat(chunks)
      const length = head.readInt32LE(0)
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new WireError(`A message of ${length} bytes is not acceptable`)
      if (received < length) break
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      messages.push({ requestId: all.readInt32LE(4), opCode: all.readInt32LE(12), body: all.subarray(HEADER_BYTES, length) })
      received -= length
      chunks = received > 0 ? [all.subarray(length)] : []
    }
    return messages
  }
}
