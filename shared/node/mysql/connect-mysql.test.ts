import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { connectMysql } from './connect-mysql.ts'

const password = 'corvid-9-lamp'
const login = { name: 'acme', username: 'reader', password }

const packet = (sequence: number, ...parts: (Buffer | number[] | string)[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)))
  return Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, sequence]), body])
}
const ok = (sequence: number) => packet(sequence, [0, 0, 0, 2, 0, 0, 0])

/** The first packet of a server (Protocol::HandshakeV10), offering every capability but TLS and compression. */
const hello = (version: string, plugin = 'mysql_native_password') =>
  packet(
    0,
    [10],
    `${version}\0`,
    [1, 0, 0, 0],
    '12345678',
    [0, 0xff, 0xf7, 45, 2, 0, 0xff, 0x81, 21],
    Buffer.alloc(10),
    '123456789012\0',
    `${plugin}\0`,
  )

/** A server that sends `greeting`, then for each packet what `answer` gives. */
const startServer = async (greeting: Buffer, answer: (body: Buffer, count: number) => Buffer) => {
  const received: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {}).write(greeting)
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk.subarray(4))
      socket.write(answer(chunk.subarray(4), received.length))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = dial((server.address() as { port: number }).port, '127.0.0.1').on('error', () => {})
  opened.push({ socket, close: () => void server.close() })
  return { received, connect: () => connectMysql(socket, login, 1500, () => socket.destroy()) }
}

const opened: { socket: Socket; close(): void }[] = []
afterEach(() => {
  for (const { socket, close } of opened.splice(0)) {
    socket.destroy()
    close()
  }
})

describe('the session', () => {
  const prepared = async (version: string) => {
    const { received, connect } = await startServer(hello(version), (_body, count) => ok(count === 1 ? 2 : 1))
    await connect()
    expect(received).toHaveLength(2)
    return received[1]?.toString() ?? ''
  }

  test.each(['5.7.44', '8.0.36', '8.4.0-percona'])('limits a statement in milliseconds on MySQL %s, in one round trip', async (version) => {
    expect(await prepared(version)).toMatch(/SET SESSION time_zone = '\+00:00', sql_mode = '\w+', max_execution_time = 1500$/)
  })

  test.each(['5.5.5-10.6.16-MariaDB', '11.4.2-MariaDB-log'])('limits a statement in seconds on MariaDB %s', async (version) => {
    expect(await prepared(version)).toMatch(/max_statement_time = 1\.5$/)
  })

  test('changes the limit only when it differs from the last one', async () => {
    const { received, connect } = await startServer(hello('8.0.36'), (_body, count) => ok(count === 1 ? 2 : 1))
    const session = await connect()
    for (const limitMs of [1500, 900, 900]) await session.query('DO 1', [], limitMs)
    const statements = received.slice(2).map((body) => body.toString().replace(/^.*?(?=SET|DO)/s, ''))
    expect(statements).toEqual(['DO 1', 'SET SESSION max_execution_time = 900', 'DO 1', 'DO 1'])
  })
})

describe('a hostile server', () => {
  test('is not sent the password when it asks for it in the clear', async () => {
    const { received, connect } = await startServer(hello('8.0.36'), () => packet(2, [0xfe], 'mysql_clear_password\0', '1\0'))
    await expect(connect()).rejects.toMatchObject({ reason: 'db-auth' })
    expect(Buffer.concat(received).includes(password)).toBe(false)
  })

  test('is not sent the password when it greets with asking for it in the clear', async () => {
    const { received, connect } = await startServer(hello('8.0.36', 'mysql_clear_password'), () =>
      packet(2, [0xfe], 'mysql_clear_password\0'),
    )
    await expect(connect()).rejects.toMatchObject({ reason: 'db-auth' })
    expect(Buffer.concat(received).includes(password)).toBe(false)
  })

  test('gets no file that it asks for, and is warned in advance', async () => {
    const file = import.meta.filename
    const answer = (_body: Buffer, count: number) => (count === 3 ? packet(1, [0xfb], file) : ok(count === 1 ? 2 : count === 4 ? 3 : 1))
    const { received, connect } = await startServer(hello('8.0.36'), answer)
    const session = await connect()
    await expect(session.query('SELECT 1', [], 1500)).rejects.toMatchObject({ reason: 'query' })
    const localFiles = 0x80
    expect((received[0]?.readUInt32LE(0) ?? localFiles) & localFiles).toBe(0)
    expect(received[3], 'an empty packet ends the transfer').toHaveLength(0)
  })

  test('that ends the connection instead of greeting is a refusal', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = dial((server.address() as { port: number }).port, '127.0.0.1')
    opened.push({ socket, close: () => void server.close() })
    await expect(connectMysql(socket, login, 1500, () => socket.destroy())).rejects.toMatchObject({ reason: 'db-refused' })
  })
})
