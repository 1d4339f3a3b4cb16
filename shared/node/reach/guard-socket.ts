import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { interceptEvents } from './intercept-events.ts'
import { ReachFailure } from './reach-failure.ts'

/** How long what one connection receives may keep its thread busy within a minute: a sign-in takes some ten milliseconds. */
export const maxWorkMs = 2_000
const workWindowMs = 60_000
/** What may wait to be sent, when a server asks and does not read: no more than some requests of a few hundred bytes do by themselves. */
const maxUnsentBytes = 1024 * 1024

export type SocketGuard = {
  /** Why the connection was given up, where that was the other side's doing. */
  readonly failure: ReachFailure | null
  /** Ends the connection. The first failure is the one that counts. */
  giveUp(failure?: ReachFailure): void
  /** Watches a stream that comes out of the socket, too. */
  watch(stream: Duplex): void
}

/**
 * Watches all that happens on a socket: `onWork` is called before each event is handled, what its listeners throw ends this connection
 * alone, and so do events that take too much time.
 */
export const guardSocket = (socket: Socket, onWork: () => void): SocketGuard => {
  let failure: ReachFailure | null = null
  let windowStart = performance.now()
  let workMs = 0
  let depth = 0

  const giveUp = (given?: ReachFailure) => {
    failure ??= given ?? null
    socket.destroy()
  }
  const charge = (startedAt: number) => {
    const now = performance.now()
    if (now - windowStart > workWindowMs) {
      windowStart = now
      workMs = 0
    }
    workMs += now - startedAt
    if (workMs > maxWorkMs && failure === null)
      giveUp(new ReachFailure('partner-overload', `What the server sends takes more than ${maxWorkMs} ms of work a minute.`))
  }

  const watch = (stream: Duplex) =>
    interceptEvents(stream, (event, _args, deliver) => {
      onWork()
      const startedAt = performance.now()
      depth += 1
      try {
        if (event === 'data' && Math.max(socket.writableLength, stream.writableLength) > maxUnsentBytes)
          giveUp(new ReachFailure('refused', 'The server asks without reading the answers.'))
        return deliver()
      } catch (cause) {
        giveUp(new ReachFailure('refused', 'What the server sent could not be understood.', { cause }))
        return true
      } finally {
        depth -= 1
        if (depth === 0) charge(startedAt)
      }
    })
  watch(socket)

  return {
    get failure() {
      return failure
    },
    giveUp,
    watch,
  }
}
