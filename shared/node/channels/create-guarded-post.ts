import { lookup as systemLookup } from 'node:dns'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as startTls } from 'node:tls'
import type { SendResult } from '../../alert/channel.ts'
import { networkFailure, refuse } from '../../alert/send-failure.ts'
import { isPublicAddress } from './is-public-address.ts'
import { statusResult } from './status-result.ts'

/** Posts `body` to `url` and tells what became of it. Does not throw; what the receiver writes is not returned. */
export type Post = (request: { url: string; headers: Record<string, string>; body: string }, signal: AbortSignal) => Promise<SendResult>

type GuardedPostOptions = {
  /** Lets private addresses and plain HTTP through. */
  allowPrivate: boolean
  now: () => Date
  timeoutMs?: number
  lookup?: LookupFunction
}

const drainLimitBytes = 64 * 1024

class PrivateTarget extends Error {}

/**
 * Posts over connections that reach public addresses only, judged after DNS and again once connected, so that a name whose answer changes
 * does not get through. HTTPS only. Redirects are refused, not followed. A status of 408, 425, 429 or 5xx and every network error may be tried
 * again, any other that is not 2xx is for good. `timeoutMs` (10 s) is for the whole exchange.
 */
export const createGuardedPost = ({ allowPrivate, now, timeoutMs = 10_000, lookup = systemLookup }: GuardedPostOptions): Post => {
  const protocols = allowPrivate ? ['https:', 'http:'] : ['https:']
  const isAllowed = (address: string) => allowPrivate || isPublicAddress(address)
  const guardedLookup = guardLookup(lookup, isAllowed)

  return async ({ url, headers, body }, signal) => {
    const target = URL.parse(url)
    if (!target || !protocols.includes(target.protocol))
      return refuse('invalid-url', `The URL must start with ${protocols.join(' or ')}//.`)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !isAllowed(host)) return privateTarget

    const isTls = target.protocol === 'https:'
    const port = Number(target.port) || (isTls ? 443 : 80)
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const createConnection = () => {
      const socket = connect({ host, port, lookup: guardedLookup, autoSelectFamily: true, signal: deadline })
      return openConnection(socket, isTls ? host : null, isAllowed)
    }
    try {
      const sent = (isTls ? https : http).request(target, { method: 'POST', headers, createConnection })
      // An error after the answer has begun changes nothing.
      sent.on('error', () => {})
      sent.end(body)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      const result = statusResult(response.statusCode ?? 0, response.headers['retry-after'], now())
      await drain(response)
      return result
    } catch (error) {
      return error instanceof PrivateTarget ? privateTarget : networkFailure(error, deadline)
    }
  }
}

const privateTarget = refuse('private-target', 'The URL leads to an address that is not public.')

const guardLookup =
  (lookup: LookupFunction, isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const isSafe = typeof found !== 'string' && found.every(({ address }) => isAllowed(address))
      isSafe ? callback(null, found) : callback(new PrivateTarget(), [])
    })

/** Looks where `socket` has come before anything is sent: TLS waits for the connection after this does. */
const openConnection = (socket: Socket, tlsHost: string | null, isAllowed: (address: string) => boolean): Socket => {
  socket.once('connect', () => {
    if (!isAllowed(socket.remoteAddress ?? '')) connection.destroy(new PrivateTarget())
  })
  const connection = tlsHost === null ? socket : startTls({ socket, host: tlsHost, servername: isIP(tlsHost) ? '' : tlsHost })
  return connection
}

/** Lets the receiver finish its answer, within reason; leaving the loop ends the connection. */
const drain = async (response: IncomingMessage): Promise<void> => {
  let bytes = 0
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length
      if (bytes > drainLimitBytes) return
    }
  } catch {
    // The status has said whether the message was taken.
  }
}
