import { connect, type Socket } from 'node:net'
import { deserialize, serialize } from 'bson'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import { createMessageReader, WireError } from './message-reader.ts'
import { OP_MSG, parseRequest } from './parse-request.ts'

const message = (opCode: number, body: Uint8Array, requestId = 7): Buffer => {
  const head = Buffer.alloc(16)
  head.writeInt32LE(16 + body.length, 0)
  head.writeInt32LE(requestId, 4)
  head.writeInt32LE(opCode, 12)
  return Buffer.concat([head, body])
}
const int32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeInt32LE(value)
  return out
}
const opMsg = (doc: object, flags = 0, tail: Uint8Array = Buffer.alloc(0)): Buffer =>
  message(OP_MSG, Buffer.concat([int32(flags), Buffer.from([0]), serialize(doc), tail]))
const sequence = (name: string, docs: object[]): Buffer => {
  const body = Buffer.concat([Buffer.from(`${name}\0`), ...docs.map((doc) => serialize(doc))])
  return Buffer.concat([Buffer.from([1]), int32(body.length + 4), body])
}
const parse = (bytes: Buffer) => createMessageReader()(bytes).map(parseRequest)

describe('createMessageReader', () => {
  test('finds the same messages however the bytes are cut', () => {
    const messages = [opMsg({ ping: 1 }), opMsg({ find: 'a', filter: { x: 'y'.repeat(50) } }), opMsg({ hello: 1 })]
    const bytes = Buffer.concat(messages)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const read = createMessageReader()
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const found = edges.slice(1).flatMap((edge, i) => read(bytes.subarray(edges[i], edge)))
        expect(found.map(({ body }) => Buffer.from(body))).toEqual(messages.map((each) => each.subarray(16)))
      }),
    )
  })

  test('refuses a length that no message has', () => {
    for (const length of [-1, 0, 15, 48_000_001]) {
      expect(() => createMessageReader()(Buffer.concat([int32(length), Buffer.alloc(12)]))).toThrow(WireError)
    }
  })
})

describe('parseRequest', () => {
  test('joins document sequences to the command', () => {
    const [request] = parse(opMsg({ insert: 'a', $db: 'd' }, 0, sequence('documents', [{ a: 'x' }, { a: 'y' }])))
    expect(request?.body).toEqual({ insert: expect.anything(), $db: 'd', documents: [{ a: 'x' }, { a: 'y' }] })
  })

  test('leaves a checksum out of the sections, and answers nothing where more is to come', () => {
    const [request] = parse(opMsg({ ping: 'x' }, 1 | 2, Buffer.from([1, 2, 3, 4])))
    expect(request).toMatchObject({ body: { ping: 'x' }, wantsReply: false })
  })

  test('reads the legacy query by which old handshakes begin', () => {
    const body = Buffer.concat([int32(0), Buffer.from('admin.$cmd\0'), int32(0), int32(-1), serialize({ isMaster: 'x' })])
    expect(parse(message(2004, body))).toMatchObject([{ legacy: true, body: { isMaster: 'x', $db: 'admin' } }])
  })

  test('throws nothing but WireError for bytes that are no request', () => {
    fc.assert(
      fc.property(fc.constantFrom(OP_MSG, 2004, 2012, 1), fc.uint8Array({ maxLength: 64 }), (opCode, bytes) => {
        try {
          parse(message(opCode, bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('throws nothing but WireError for a request with flipped bytes', () => {
    const valid = opMsg({ insert: 'a', list: [1, 'x', { y: null }], $db: 'd' }, 0, sequence('documents', [{ a: 'x' }]))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 16, max: valid.length - 1 }), fc.nat(255)), { minLength: 1 }), (flips) => {
        const bytes = Buffer.from(valid)
        for (const [at, byte] of flips) bytes[at] = byte
        try {
          parse(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a connection', () => {
  let database: TestDatabase
  const sockets: Socket[] = []
  const open = (): Socket => {
    const path = decodeURIComponent(
      new URL(database.url.replace('mongodb:', 'http:').replace('http://', 'http://host/')).pathname.slice(1, -1),
    )
    const socket = connect(path)
    sockets.push(socket)
    return socket
  }
  const firstReply = (socket: Socket): Promise<Buffer> => new Promise((resolve) => socket.once('data', resolve))

  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await database.close()
  })

  test('that sends what is no message is closed, and the others go on', async () => {
    const socket = open()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await closed
    expect(await database.db.command({ ping: 1 })).toMatchObject({ ok: 1 })
  })

  test('answers a legacy handshake in the legacy form', async () => {
    const socket = open()
    const reply = firstReply(socket)
    socket.write(message(2004, Buffer.concat([int32(0), Buffer.from('admin.$cmd\0'), int32(0), int32(-1), serialize({ isMaster: 1 })])))
    const bytes = await reply
    expect([bytes.readInt32LE(8), bytes.readInt32LE(12)]).toEqual([7, 1])
    expect(deserialize(bytes.subarray(36))).toMatchObject({ ismaster: true, ok: 1 })
  })

  test('answers pipelined requests in order', async () => {
    const socket = open()
    const ids: number[] = []
    const both = new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) ids.push(bytes.readInt32LE(at + 8))
        if (ids.length === 2) resolve()
      })
    })
    const body = Buffer.concat([int32(0), Buffer.from([0]), serialize({ ping: 1, $db: 'admin' })])
    socket.write(Buffer.concat([message(OP_MSG, body, 1), message(OP_MSG, body, 2)]))
    await both
    expect(ids).toEqual([1, 2])
  })
})
