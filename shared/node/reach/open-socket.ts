import { lookup as systemLookup } from 'node:dns'
import { once } from 'node:events'
import { connect, isIP, type LookupFunction, Socket } from 'node:net'
import { isAllowedAddress, isEverywhere } from './allowed-networks.ts'
import { ReachFailure } from './reach-failure.ts'

const keepAliveDelayMs = 30_000

/** Where a socket may lead. `lookup: null`: the platform resolves names by itself, and does not tell to what. */
export type Reachable = { networks: readonly string[]; lookup?: LookupFunction | null | undefined }

/**
 * Starts a TCP connection without Nagle's algorithm, which would hold back each small packet of a tunnel by about 40 ms. It goes to allowed
 * addresses only, judged after DNS.
 */
export const openSocket = (address: { host: string; port: number }, { networks, lookup = systemLookup }: Reachable): Socket => {
  const forbidden = isIP(address.host) === 0 ? lookup === null && !isEverywhere(networks) : !isAllowedAddress(address.host, networks)
  const options = { ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs }
  const socket = forbidden
    ? new Socket().destroy(forbiddenAddress(address.host))
    : connect({ ...options, ...(lookup && { lookup: guardLookup(lookup, networks) }) })
  // Whoever waits on the socket sees its errors; one that nobody awaits any more must not end the process.
  return socket.on('error', () => {})
}

export const forbiddenAddress = (host: string): ReachFailure =>
  new ReachFailure('address-forbidden', `The settings allow no partner at ${host}.`)

const guardLookup =
  (lookup: LookupFunction, networks: readonly string[]): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error || typeof found === 'string') return callback(error, [])
      const allowed = found.filter(({ address }) => isAllowedAddress(address, networks))
      const [first] = allowed
      if (!first) callback(forbiddenAddress(hostname), [])
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })

/** Resolves when the socket is connected. @throws ReachFailure `dns`, `address-forbidden`, `timeout` or `refused` */
export const whenConnected = async (socket: Socket): Promise<void> => {
  try {
    if (socket.errored) throw socket.errored
    await once(socket, 'connect')
  } catch (cause) {
    throw describeSocketError(cause)
  }
}

const describeSocketError = (cause: unknown): ReachFailure => {
  if (cause instanceof ReachFailure) return cause
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (syscall === 'getaddrinfo') return new ReachFailure('dns', 'The host name could not be resolved.', { cause })
  if (code === 'ETIMEDOUT') return new ReachFailure('timeout', 'The host did not answer.', { cause })
  return new ReachFailure('refused', `The connection was refused (${code ?? 'no code'}).`, { cause })
}
