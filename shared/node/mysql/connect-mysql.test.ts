import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { greeting, mysqlPacket, okPacket, rowsAnswer, versionAnswer } from '../../../deployment/testing/hostile/mysql-bytes.ts'
import type { DatabaseTls } from '../../reach/reach-target.ts'
import type { ReachFailure } from '../reach/reach-failure.ts'
import { connectMysql } from './connect-mysql.ts'
import { maxAnswerBytes } from './watch-answers.ts'

const password = 'corvid-9-lamp'
const login = { host: '127.0.0.1', name: 'acme', username: 'reader', password, tls: null }

/** A server that sends `first`, then for each packet what `answer` gives. */
const startServer = async (first: Buffer, answer: (body: Buffer, count: number) => Buffer) => {
  const received: Buffer[] = []
  const accepted: Socket[] = []
  const server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {}).write(first)
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk.subarray(4))
      socket.write(answer(chunk.subarray(4), received.length))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = dial((server.address() as { port: number }).port, '127.0.0.1').on('error', () => {})
  opened.push({ socket, close: () => void server.close() })
  const failures: ReachFailure[] = []
  const giveUp = (failure?: ReachFailure) => {
    if (failure) failures.push(failure)
    socket.destroy()
  }
  const say = (bytes: Buffer) => void accepted[0]?.write(bytes)
  return {
    received,
    failures,
    socket,
    say,
    connect: (tls: DatabaseTls | null = null) => connectMysql(socket, { ...login, tls }, { giveUp, isTunnel: false }).ready(1500),
  }
}

const opened: { socket: Socket; close(): void }[] = []
afterEach(() => {
  for (const { socket, close } of opened.splice(0)) {
    socket.destroy()
    close()
  }
})

/** Lets the client sign in and prepare its session, and answers each statement after that, from 1, with what `answer` gives. */
const afterSignIn =
  (answer: (statement: number) => Buffer, version = '8.0.36') =>
  (_body: Buffer, count: number): Buffer => {
    if (count === 1) return okPacket(2)
    return count === 2 ? versionAnswer(version) : count === 3 ? okPacket(1) : answer(count - 3)
  }

describe('the session', () => {
  const prepared = async (version: string) => {
    const { received, connect } = await startServer(
      greeting('8.0.11-proxy'),
      afterSignIn(() => okPacket(1), version),
    )
    await connect()
    expect(received).toHaveLength(3)
    return received[2]?.toString() ?? ''
  }

  test.each(['5.7.44', '8.0.36', '8.4.0-percona'])(
    'limits a statement in milliseconds on MySQL %s, whatever the greeting says, in two round trips',
    async (version) => {
      expect(await prepared(version)).toMatch(/SESSION time_zone = '\+00:00',.* SESSION max_execution_time = 1500$/)
    },
  )

  test.each(['5.5.5-10.6.16-MariaDB', '11.4.2-MariaDB-log'])('limits a statement in seconds on MariaDB %s', async (version) => {
    expect(await prepared(version)).toMatch(/max_statement_time = 1\.5$/)
  })

  test.each([
    ['5.7.19', 'tx'],
    ['5.7.20', 'transaction'],
    ['8.0.36', 'transaction'],
    ['5.5.5-10.6.16-MariaDB', 'tx'],
    ['11.1.1-MariaDB', 'transaction'],
  ])('reads only, what is committed, and ends a transaction that is open: %s calls it %s_…', async (version, prefix) => {
    const statement = await prepared(version)
    expect(statement).toContain('SESSION autocommit = 0, SESSION autocommit = 1, ')
    expect(statement).toContain(`SESSION ${prefix}_isolation = 'READ-COMMITTED', SESSION ${prefix}_read_only = 1, `)
  })

  test('leaves out a limit that the server has none of, notes it, and sets all else by trying', async () => {
    const lacksLimits = (body: Buffer, count: number) => {
      if (count === 1) return okPacket(2)
      if (count === 2) return versionAnswer('8.0.36')
      return /max_\w+_time/.test(body.toString())
        ? mysqlPacket(1, [0xff, 1193 & 255, 1193 >> 8], '#HY000Unknown system variable')
        : okPacket(1)
    }
    const { received, connect } = await startServer(greeting('8.0.36'), lacksLimits)
    const session = await connect()
    expect(session.notes).toContainEqual(expect.stringMatching(/^No limit on statements here: /))
    const statements = received.slice(3).map((body) => body.toString().slice(1))
    expect(statements).toEqual([
      expect.stringContaining('SESSION autocommit = 0, SESSION autocommit = 1, '),
      'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY',
      'SET SESSION max_execution_time = 1500',
      'SET SESSION max_statement_time = 1.5',
    ])
    await session.query('DO 1', [], 900)
    expect(
      received.slice(7).map((body) => body.toString().slice(1)),
      'no limit is set',
    ).toEqual(['DO 1'])
  })

  test('changes the limit only when it differs from the last one', async () => {
    const { received, connect } = await startServer(
      greeting('8.0.36'),
      afterSignIn(() => okPacket(1)),
    )
    const session = await connect()
    for (const limitMs of [1500, 900, 900]) await session.query('DO 1', [], limitMs)
    const statements = received.slice(3).map((body) => body.toString().replace(/^.*?(?=SET|DO)/s, ''))
    expect(statements).toEqual(['DO 1', 'SET SESSION max_execution_time = 900', 'DO 1', 'DO 1'])
  })
})

describe('a hostile server', () => {
  test('is not sent the password when it greets with asking for it in the clear', async () => {
    const { received, connect } = await startServer(greeting('8.0.36', 'mysql_clear_password'), () =>
      mysqlPacket(2, [0xfe], 'mysql_clear_password\0'),
    )
    await expect(connect()).rejects.toMatchObject({ reason: 'tls-required' })
    expect(Buffer.concat(received).includes(password)).toBe(false)
  })

  test('that somebody adds to, before the connection is encrypted, is sent nothing', async () => {
    const { received, connect } = await startServer(Buffer.concat([greeting('8.0.36', undefined, true), okPacket(2)]), () => okPacket(3))
    await expect(connect({ mode: 'required' })).rejects.toMatchObject({
      reason: 'tls-failed',
      message: expect.stringContaining('was added'),
    })
    expect(Buffer.concat(received).includes('reader')).toBe(false)
  })

  test('that offers no encryption is sent nothing where it is required', async () => {
    const { received, connect } = await startServer(greeting('8.0.36'), () => okPacket(2))
    await expect(connect({ mode: 'required' })).rejects.toMatchObject({ reason: 'tls-required' })
    expect(received).toEqual([])
  })

  test('gets no file that it asks for, and is warned in advance', async () => {
    const file = import.meta.filename
    const answer = afterSignIn((statement) => (statement === 1 ? mysqlPacket(1, [0xfb], file) : okPacket(3)))
    const { received, connect } = await startServer(greeting('8.0.36'), answer)
    const session = await connect()
    await expect(session.query('SELECT 1', [], 1500)).rejects.toMatchObject({ reason: 'query' })
    const localFiles = 0x80
    expect((received[0]?.readUInt32LE(0) ?? localFiles) & localFiles).toBe(0)
    expect(received[4], 'an empty packet ends the transfer').toHaveLength(0)
  })

  test.each(['SSH-2.0-OpenSSH_9.9 inner-host\r\n', '220 mail.inner ESMTP\r\n', '-ERR inner-cache 7.2\r\n', 'HTTP/1.1 400 inner\r\n\r\n'])(
    'that does not speak MySQL is not repeated: %s',
    async (banner) => {
      const { connect, failures } = await startServer(Buffer.from(banner), () => Buffer.alloc(0))
      await expect(connect()).rejects.toMatchObject({ reason: 'db-refused', message: expect.not.stringContaining('inner') })
      expect(failures[0]?.message).toBe('The server does not speak the protocol of MySQL.')
    },
  )

  test('that sends an error instead of a greeting is not repeated beyond the name of the error', async () => {
    const refused = async (code: number) => {
      const { connect } = await startServer(mysqlPacket(0, [0xff, code & 255, code >> 8], 'the inner banner'), () => Buffer.alloc(0))
      return connect().catch((error: Error) => error.message)
    }
    expect(await refused(1040)).toMatch(/^The database has too many connections/)
    expect(await refused(65_000)).toBe('The database refused the connection.')
  })

  const idleBytes = Buffer.from([1, 0, 0, 0, 0xff])

  test('that speaks without being asked is left before anything reads what it says', async () => {
    const { connect, failures, say, socket } = await startServer(
      greeting('8.0.36'),
      afterSignIn(() => okPacket(1)),
    )
    const session = await connect()
    await session.query('DO 1', [], 1500)
    say(idleBytes)
    await once(socket, 'close')
    expect(failures).toMatchObject([{ reason: 'query', message: 'The database sent what nobody asked for.' }])
  })

  test('that adds to its answer what breaks the parser is left', async () => {
    const answer = afterSignIn(() => Buffer.concat([okPacket(1), idleBytes]))
    const { connect, failures, socket } = await startServer(greeting('8.0.36'), answer)
    const session = await connect()
    await Promise.all([once(socket, 'close'), session.query('DO 1', [], 1500)])
    expect(failures).toMatchObject([{ reason: 'query', message: expect.stringContaining('does not follow the protocol') }])
  })

  test.each([
    ['a packet of 16 MB', () => Buffer.from([0xff, 0xff, 0xff, 1]), () => Buffer.alloc(maxAnswerBytes), 'larger than'],
    ['packets out of their order', () => okPacket(7), () => Buffer.alloc(0), 'does not follow the protocol'],
  ])('that answers with too much is left: %s', async (_what, first, more, message) => {
    const { connect, failures } = await startServer(
      greeting('8.0.36'),
      afterSignIn(() => Buffer.concat([first(), more()])),
    )
    const session = await connect()
    await expect(session.query('SELECT 1', [], 1500)).rejects.toMatchObject({ reason: 'query' })
    expect(failures).toMatchObject([{ reason: 'query', message: expect.stringContaining(message) }])
  })

  test('that answers with too many rows is told so', async () => {
    const answer = rowsAnswer(1_001)
    const { connect } = await startServer(
      greeting('8.0.36'),
      afterSignIn(() => answer),
    )
    const session = await connect()
    await expect(session.query('SELECT 1', [], 1500)).rejects.toMatchObject({ message: "The database's answer has more than 1000 rows." })
  })

  test('that ends the connection instead of greeting is a refusal', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = dial((server.address() as { port: number }).port, '127.0.0.1')
    opened.push({ socket, close: () => void server.close() })
    await expect(connectMysql(socket, login, { giveUp: () => socket.destroy(), isTunnel: false }).ready(1500)).rejects.toMatchObject({
      reason: 'db-refused',
    })
  })
})
