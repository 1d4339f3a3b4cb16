import type { Socket } from 'node:net'
import { greeting, mysqlPacket, okPacket, row, rowsAnswer, rowsBegin, versionAnswer } from './mysql-bytes.ts'
import { pour } from './pour.ts'

/**
 * Speaks MySQL up to a point: the sign-in and the statements that prepare the session are answered, then `answer` has the socket, with
 * the number of the statement from 1.
 */
const afterSignIn =
  (answer: (socket: Socket, statement: number) => void, version = '8.0.36') =>
  (socket: Socket): void => {
    let packets = 0
    socket.write(greeting(version))
    socket.on('data', () => {
      packets += 1
      if (packets === 1) socket.write(okPacket(2))
      else if (packets === 2) socket.write(versionAnswer(version))
      else if (packets === 3) socket.write(okPacket(1))
      else answer(socket, packets - 3)
    })
  }

const idleMs = 50

/** What a hostile database does with a connection. */
export const hostileMysql = {
  'MySQL: silent': () => {},
  'MySQL: silent after its greeting': (socket) => socket.write(greeting()),
  'MySQL: silent when it is asked': afterSignIn(() => {}),
  'MySQL: not MySQL': (socket) => socket.end('SSH-2.0-OpenSSH_9.9 inner-host\r\n'),
  'MySQL: a greeting without end': (socket) => pour(socket, () => Buffer.alloc(16_384, 'hello ')),
  'MySQL: questions at the sign-in without end': (socket) => {
    socket.write(greeting('8.0.36', 'caching_sha2_password'))
    let sequence = 2
    socket.on('data', () => {
      socket.write(mysqlPacket(sequence, [0xfe], 'mysql_native_password\0', '12345678901234567890\0'))
      sequence += 2
    })
  },
  'MySQL: rows without end': afterSignIn((socket) => {
    socket.write(rowsBegin())
    let sequence = 4
    pour(socket, () => Buffer.concat(Array.from({ length: 1_000 }, () => row(sequence++))))
  }),
  'MySQL: more rows than anybody asks for': afterSignIn((socket) => socket.write(rowsAnswer(2_000))),
  'MySQL: a packet without end': afterSignIn((socket) => {
    socket.write(Buffer.from([0xff, 0xff, 0xff, 1]))
    pour(socket, () => Buffer.alloc(65_536, 7))
  }),
  'MySQL: columns without end': afterSignIn((socket) => {
    socket.write(mysqlPacket(1, [0xfd, 0xff, 0xff, 0xff]))
    let sequence = 2
    pour(socket, () => mysqlPacket(sequence++, '\x03def\0\0\0\x01n\0', [0x0c, 45, 0, 1, 0, 0, 0, 253, 0, 0, 0, 0, 0]))
  }),
  'MySQL: an answer byte by byte': afterSignIn((socket) => {
    const bytes = rowsAnswer(500)
    let at = 0
    const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 20)
    socket.on('close', () => clearInterval(timer))
  }),
  'MySQL: packets out of their order': afterSignIn((socket) => pour(socket, () => Buffer.concat(Array(1_000).fill(okPacket(99))))),
  'MySQL: breaks the parser in its answer': afterSignIn((socket) =>
    socket.write(Buffer.concat([okPacket(1), Buffer.from([1, 0, 0, 0, 0xff])])),
  ),
  'MySQL: breaks the parser when it is idle': afterSignIn((socket) => {
    socket.write(rowsAnswer(1))
    setTimeout(() => socket.write(Buffer.from([1, 0, 0, 0, 0xff])), idleMs)
  }),
  'MySQL: talks without end when it is idle': afterSignIn((socket) => {
    socket.write(rowsAnswer(1))
    setTimeout(() => pour(socket, () => okPacket(1)), idleMs)
  }),
} satisfies Record<string, (socket: Socket) => void>
