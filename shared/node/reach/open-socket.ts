import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { ReachFailure } from './reach-failure.ts'

const keepAliveDelayMs = 30_000

/** Starts a TCP connection without Nagle's algorithm, which would hold back each small packet of a tunnel by about 40 ms. */
export const openSocket = (address: { host: string; port: number }): Socket => {
  const socket = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs })
  // Whoever waits on the socket sees its errors; one that nobody awaits any more must not end the process.
  return socket.on('error', () => {})
}

/** Resolves when the socket is connected. @throws ReachFailure `dns`, `timeout` or `refused` */
export const whenConnected = async (socket: Socket): Promise<void> => {
  try {
    await once(socket, 'connect')
  } catch (cause) {
    throw describeSocketError(cause)
  }
}

const describeSocketError = (cause: unknown): ReachFailure => {
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (syscall === 'getaddrinfo') return new ReachFailure('dns', 'The host name could not be resolved.', { cause })
  if (code === 'ETIMEDOUT') return new ReachFailure('timeout', 'The host did not answer.', { cause })
  return new ReachFailure('refused', `The connection was refused (${code ?? 'no code'}).`, { cause, mayPass: true })
}
