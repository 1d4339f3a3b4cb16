import { OP_MSG, OP_REPLY, type Request } from './parse-request.ts'

const int32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeInt32LE(value)
  return out
}

/** The message that answers a request: OP_MSG, or OP_REPLY for the legacy OP_QUERY. */
export const encodeReply = (request: Request, body: Uint8Array, requestId: number): Buffer => {
  const head = Buffer.alloc(16)
  // OP_REPLY: flags (AwaitCapable), cursor id, starting from, number returned. OP_MSG: flags, section kind 0.
  const prefix = request.legacy ? Buffer.concat([int32(8), Buffer.alloc(8), int32(0), int32(1)]) : Buffer.alloc(5)
  head.writeInt32LE(head.length + prefix.length + body.length, 0)
  head.writeInt32LE(requestId, 4)
  head.writeInt32LE(request.requestId, 8)
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12)
  return Buffer.concat([head, prefix, body])
}

const element = (type: number, name: string, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value])

const embed = (parts: readonly Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 5)
  return Buffer.concat([int32(length), ...parts, Buffer.alloc(1)], length)
}

const float64 = (value: number): Buffer => {
  const out = Buffer.alloc(8)
  out.writeDoubleLE(value)
  return out
}

const int64 = (value: bigint): Buffer => {
  const out = Buffer.alloc(8)
  out.writeBigInt64LE(value)
  return out
}

/** `{ cursor: { <batch>: docs, id, ns }, ok: 1 }` around documents that are already BSON, so that they are not decoded to be sent. */
export const encodeCursorReply = (batch: 'firstBatch' | 'nextBatch', docs: readonly Uint8Array[], id: bigint, ns: string): Uint8Array => {
  const items = docs.flatMap((doc, i) => [Buffer.from(`\x03${i}\0`), doc])
  const name = Buffer.from(ns)
  const text = Buffer.concat([int32(name.length + 1), name, Buffer.alloc(1)])
  const cursor = embed([element(4, batch, embed(items)), element(0x12, 'id', int64(id)), element(2, 'ns', text)])
  return embed([element(3, 'cursor', cursor), element(1, 'ok', float64(1))])
}
