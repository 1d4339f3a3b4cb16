import type { Duplex } from 'node:stream'
import { type Channel, Client, type KexAlgorithm } from 'ssh2'
import type { HostKey } from '../../reach/reach-error.ts'
import type { HostKeyPolicy, SshServer } from '../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'
import { checkHostCertificate } from './certificates/check-host-certificate.ts'
import type { Certificate } from './certificates/read-certificate.ts'
import { takeHostCertificates } from './certificates/take-host-certificates.ts'
import { describeHostKey, hostKeyAlgorithms } from './host-key.ts'
import type { OpenKey } from './open-private-key.ts'
import { createSignIn } from './sign-in.ts'

/** The steps of one SSH connection; each promise rejects with a `ReachFailure`. */
export type SshSession = {
  identified: Promise<void>
  hostKeyAccepted: Promise<void>
  authenticated: Promise<void>
  /** @throws ReachFailure `tunnel-refused`, or the reason of what does not answer there */
  openTunnel(to: { host: string; port: number }, leadsTo: TunnelEnd): Promise<Channel>
  /** Says goodbye and closes the socket. */
  end(): void
}

/** What a tunnel leads to. */
export type TunnelEnd = 'database' | 'ssh'

export type SshDeps = {
  openKey: OpenKey
  onHostKey: (key: HostKey) => void
  /** Ends the socket, for what the server did. */
  giveUp: (failure: ReachFailure) => void
}

const keepaliveIntervalMs = 15_000
/** Greeting, key exchange, banner and sign-in take some ten thousand. */
const maxBytesBeforeSignIn = 256 * 1024
/** Key exchanges, of which OpenSSH asks for one an hour or a gigabyte. */
const maxExchanges = 3
const exchangeWindowMs = 60_000

/**
 * Cheap and safe ones first. None lets the server choose a group (diffie-hellman-group-exchange): the library asks for 8,192 bits, takes
 * what comes, and checks its primes for half a minute.
 */
const keyExchanges: KexAlgorithm[] = [
  ...(['curve25519-sha256', 'curve25519-sha256@libssh.org'] as const),
  ...(['ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521'] as const),
  ...(['diffie-hellman-group16-sha512', 'diffie-hellman-group14-sha256'] as const),
  ...(['diffie-hellman-group15-sha512', 'diffie-hellman-group17-sha512', 'diffie-hellman-group18-sha512'] as const),
]

/** Speaks SSH over a connected stream. Nothing that identifies the user is sent before the host key has been accepted. */
export const startSsh = (socket: Duplex, login: SshServer, deps: SshDeps): SshSession => {
  const client = new Client()
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const [identified, hostKeyAccepted, authenticated] = steps
  for (const step of steps) step.promise.catch(() => {})

  let authenticating = false
  let keySeen = false
  let failure: ReachFailure | undefined
  const offers = readOffers()
  const fail = (cause: Error) => {
    failure ??=
      cause instanceof ReachFailure ? cause : describeSshError(cause, authenticating, offers.describe, !keySeen && isHangUp(cause))
    for (const step of steps) step.reject(failure)
  }
  const giveUp = (cause: ReachFailure) => {
    fail(cause)
    deps.giveUp(cause)
  }
  const onHostKey = (key: HostKey) => {
    keySeen = true
    deps.onHostKey(key)
  }
  limitBytes(socket, client, giveUp)
  limitExchanges(client, giveUp)

  client
    .on('error', fail)
    .on('close', () => fail(new HangUp('The server closed the connection.')))
    .once('handshake', () => {
      authenticating = true
      hostKeyAccepted.resolve()
    })
    .on('change password', () => fail(new ReachFailure('ssh-auth', 'The SSH password has expired.')))
    .on('ready', () => authenticated.resolve())
    // OpenSSH leaves Nagle's algorithm on: any packet sent now carries the acknowledgement that its next one, the tunnel's confirmation, waits for.
    .once('hostkeys', () => client.openssh_noMoreSessions(() => {}))
    .connect({
      sock: socket,
      username: login.username,
      readyTimeout: 0,
      keepaliveInterval: keepaliveIntervalMs,
      algorithms: {
        kex: keyExchanges,
        serverHostKey: hostKeyAlgorithms(login.hostKey && 'type' in login.hostKey ? login.hostKey.type : undefined),
        // What unpacks is larger than what came.
        compress: ['none'],
      },
      hostVerifier: createHostVerifier(login, () => certificates?.presented ?? null, onHostKey, fail),
      authHandler: createSignIn(client, login, deps.openKey, fail),
      debug: offers.note,
    })
  const certificates = login.hostKey && 'authorities' in login.hostKey ? takeHostCertificates(client) : null
  socket.once('data', () => identified.resolve())

  return {
    identified: identified.promise,
    hostKeyAccepted: hostKeyAccepted.promise,
    authenticated: authenticated.promise,
    openTunnel: (to, leadsTo) => openTunnel(client, to, leadsTo, giveUp),
    end: () => client.end(),
  }
}

const limitBytes = (socket: Duplex, client: Client, giveUp: (failure: ReachFailure) => void) => {
  let bytes = 0
  const count = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxBytesBeforeSignIn) return
    socket.off('data', count)
    giveUp(new ReachFailure('refused', `The SSH server sent more than ${maxBytesBeforeSignIn} bytes before the sign-in.`))
  }
  // The library lets the data flow, once it listens itself.
  client.once('connect', () => socket.on('data', count)).once('ready', () => socket.off('data', count))
}

const limitExchanges = (client: Client, giveUp: (failure: ReachFailure) => void) => {
  const recent: number[] = []
  client.on('handshake', () => {
    const now = performance.now()
    recent.push(now)
    if (recent.length <= maxExchanges) return
    if (now - (recent.shift() ?? 0) < exchangeWindowMs)
      giveUp(new ReachFailure('partner-overload', `The SSH server asks for new keys more than ${maxExchanges} times a minute.`))
  })
}

/**
 * Notes which algorithms this side and the other have, for the choice that was tried last: the library tells of them in its debug lines
 * alone, as `Handshake: (remote) KEX method: …`.
 */
const readOffers = () => {
  const lists: Record<string, string> = {}
  return {
    note: (line: string) => {
      const [, side, list] = /^Handshake: \((local|remote)\) [^:]+: (.*)$/s.exec(line) ?? []
      if (side !== undefined && list !== undefined)
        lists[side] = list.replaceAll(/,(ext-info-|kex-strict-)[^,]*/g, '').replaceAll(',', ', ')
    },
    describe: () => ` The server has ${showRemoteText(lists['remote'] ?? 'nothing')}; this service takes ${lists['local']}.`,
  }
}

const createHostVerifier = (
  { host, hostKey: policy }: SshServer,
  certificate: () => Certificate | null,
  onHostKey: (key: HostKey) => void,
  fail: (failure: Error) => void,
) => {
  const expect = createExpectation(policy, host)
  return (blob: Buffer): boolean => {
    const key = describeHostKey(blob)
    onHostKey(key)
    try {
      expect(key, certificate())
      return true
    } catch (failure) {
      fail(failure as Error)
      return false
    }
  }
}

/** What has to be true of the key of each exchange; throws a `ReachFailure` where it is not. */
const createExpectation = (policy: HostKeyPolicy, host: string): ((key: HostKey, certificate: Certificate | null) => void) => {
  if (policy && 'authorities' in policy)
    return ({ type, sha256 }, certificate) => {
      if (certificate) return checkHostCertificate(certificate, policy, host, new Date())
      throw new ReachFailure('host-certificate', `The server has no certificate for its host key: ${type} ${sha256}.`)
    }
  let expected = policy && 'pinned' in policy ? policy.pinned : undefined
  return ({ type, sha256 }) => {
    if (policy === null) throw new ReachFailure('host-key-unknown', `The host key is not trusted yet: ${type} ${sha256}.`)
    expected ??= sha256
    if (sha256 === expected) return
    const message = `The host key changed: expected ${expected}, the server presented ${type} ${sha256}.`
    throw new ReachFailure('host-key-changed', message, { expectedSha256: expected })
  }
}

const openTunnel = (
  client: Client,
  { host, port }: { host: string; port: number },
  leadsTo: TunnelEnd,
  giveUp: (failure: ReachFailure) => void,
): Promise<Channel> => {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>()
  const onOpen = (error: Error | undefined, channel: Channel) => {
    if (error) return reject(describeTunnelError(error, leadsTo))
    // The library would write packets of no length, without end.
    if (packetSizeOf(channel) < minPacketSize)
      return reject(new ReachFailure('tunnel-refused', 'The SSH server takes no packets in its tunnel.'))
    channel.stderr.once('data', () => giveUp(new ReachFailure('tunnel-refused', 'The SSH server sends errors through its tunnel.')))
    resolve(channel)
  }
  try {
    client.forwardOut('127.0.0.1', 0, host, port, onOpen)
  } catch (cause) {
    reject(new ReachFailure('tunnel-refused', 'The SSH server ended the connection.', { cause }))
  }
  return promise
}

const minPacketSize = 64

const packetSizeOf = (channel: Channel): number => (channel as unknown as { outgoing: { packetSize: number } }).outgoing.packetSize

class HangUp extends Error {}

/** Whether the server ended the connection without a word of SSH, as one does that has too many guests (`MaxStartups`). */
const isHangUp = (cause: Error & { level?: string }) =>
  cause instanceof HangUp || cause.level === 'client-socket' || cause.message === 'Connection lost before handshake'

const describeSshError = (cause: Error, authenticating: boolean, describeOffers: () => string, mayPass: boolean): ReachFailure => {
  const message = showRemoteText(cause.message)
  if (authenticating) return new ReachFailure('ssh-auth', `The SSH server ended the login: ${message}`, { cause })
  const offers = /no matching/i.test(cause.message) ? `.${describeOffers()}` : ''
  const busy = mayPass ? ' The server may have too many connections at once (MaxStartups), or refuse this address.' : ''
  return new ReachFailure('refused', `SSH could not be set up: ${message.replace(/\.?$/, '.')}${offers}${busy}`, { cause, mayPass })
}

// RFC 4254, section 5.1: SSH_OPEN_CONNECT_FAILED. The tunnel is allowed, what it leads to does not answer.
const connectFailed = 2

const describeTunnelError = (cause: Error & { reason?: number | string }, leadsTo: TunnelEnd): ReachFailure => {
  const message = showRemoteText(cause.message)
  if (cause.reason !== connectFailed) return new ReachFailure('tunnel-refused', `The SSH server refused the tunnel: ${message}`, { cause })
  return leadsTo === 'database'
    ? new ReachFailure('db-refused', `The SSH server cannot reach the database: ${message}`, { cause })
    : new ReachFailure('refused', `The SSH server before this one cannot reach it: ${message}`, { cause, mayPass: true })
}
