import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { guardSocket, maxWorkMs } from './guard-socket.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A socket whose every event costs `ms` of work, on a clock that only work and `pass` move. */
const busySocket = (ms: number) => {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const socket = new Socket()
  const onWork = vi.fn()
  const guard = guardSocket(socket, onWork)
  const stream = new PassThrough()
  guard.watch(stream)
  const work = () => {
    now += ms
  }
  socket.on('data', work)
  stream.on('data', work)
  return { socket, stream, guard, onWork, pass: (idleMs: number) => (now += idleMs) }
}

test('a connection that takes more than two seconds of work within a minute ends, and is named', () => {
  const { socket, stream, guard } = busySocket(100)
  for (let events = 0; events < maxWorkMs / 100; events++) (events % 2 ? socket : stream).emit('data', Buffer.alloc(1))
  expect(guard.failure).toBeNull()
  stream.emit('data', Buffer.alloc(1))
  expect(guard.failure).toMatchObject({ reason: 'partner-overload' })
  expect(socket.destroyed).toBe(true)
})

test('one that takes as much over a longer time goes on', () => {
  const { socket, guard, pass } = busySocket(1_000)
  for (let minutes = 0; minutes < 60; minutes++) {
    socket.emit('data', Buffer.alloc(1))
    pass(61_000)
  }
  expect(guard.failure).toBeNull()
  expect(socket.destroyed).toBe(false)
})

test('tells before it works for a connection, not after', () => {
  const { socket, onWork } = busySocket(0)
  socket.on('data', () => expect(onWork).toHaveBeenCalledOnce())
  socket.emit('data', Buffer.alloc(1))
  expect.assertions(1)
})

test.each(['socket', 'stream'] as const)('what a listener of the %s throws ends this connection alone', (which) => {
  const { guard, socket, ...rest } = busySocket(0)
  const emitter = { socket, ...rest }[which]
  emitter.on('data', () => {
    throw new RangeError('out of range')
  })
  expect(() => emitter.emit('data', Buffer.alloc(1))).not.toThrow()
  expect(guard.failure).toMatchObject({ reason: 'refused', cause: new RangeError('out of range') })
  expect(socket.destroyed).toBe(true)
})
