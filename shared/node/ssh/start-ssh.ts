import type { Socket } from 'node:net'
import { type AuthHandlerMiddleware, type Channel, Client } from 'ssh2'
import type { HostKey } from '../../reach/reach-error.ts'
import type { HostKeyPolicy, SshLogin } from '../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'
import { describeHostKey, hostKeyAlgorithms } from './host-key.ts'
import { openPrivateKey } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

/** The steps of one SSH connection; each promise rejects with a `ReachFailure`. */
export type SshSession = {
  identified: Promise<void>
  hostKeyAccepted: Promise<void>
  authenticated: Promise<void>
  openTunnel(host: string, port: number): Promise<Channel>
  /** Says goodbye and closes the socket. */
  end(): void
}

const keepaliveIntervalMs = 15_000

/** Speaks SSH over a connected socket. Nothing that identifies the user is sent before the host key has been accepted. */
export const startSsh = (socket: Socket, login: SshLogin, onHostKey: (key: HostKey) => void): SshSession => {
  const client = new Client()
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const [identified, hostKeyAccepted, authenticated] = steps
  for (const step of steps) step.promise.catch(() => {})

  let authenticating = false
  let failure: ReachFailure | undefined
  const fail = (cause: Error) => {
    failure ??= cause instanceof ReachFailure ? cause : describeSshError(cause, authenticating)
    for (const step of steps) step.reject(failure)
  }
  const verifyHostKey = createHostVerifier(login.hostKey, onHostKey, fail)

  client
    .on('error', fail)
    .on('close', () => fail(new Error('The server closed the connection.')))
    .on('handshake', () => {
      authenticating = true
      hostKeyAccepted.resolve()
    })
    .on('change password', () => fail(new ReachFailure('ssh-auth', 'The SSH password has expired.')))
    .on('ready', () => authenticated.resolve())
    // OpenSSH leaves Nagle's algorithm on: any packet sent now carries the acknowledgement that its next one, the tunnel's confirmation, waits for.
    .on('hostkeys', () => client.openssh_noMoreSessions(() => {}))
    .connect({
      sock: socket,
      username: login.username,
      readyTimeout: 0,
      keepaliveInterval: keepaliveIntervalMs,
      algorithms: { serverHostKey: hostKeyAlgorithms(login.hostKey && 'type' in login.hostKey ? login.hostKey.type : undefined) },
      hostVerifier: verifyHostKey,
      authHandler: offerOnce(login, fail),
    })
  socket.once('data', () => identified.resolve())

  return {
    identified: identified.promise,
    hostKeyAccepted: hostKeyAccepted.promise,
    authenticated: authenticated.promise,
    openTunnel: (host, port) => openTunnel(client, host, port),
    end: () => client.end(),
  }
}

const createHostVerifier = (policy: HostKeyPolicy, onHostKey: (key: HostKey) => void, fail: (failure: ReachFailure) => void) => {
  let expected = policy && 'pinned' in policy ? policy.pinned : undefined
  return (blob: Buffer): boolean => {
    const key = describeHostKey(blob)
    onHostKey(key)
    if (policy === null) {
      fail(new ReachFailure('host-key-unknown', `The host key is not trusted yet: ${key.type} ${key.sha256}.`))
      return false
    }
    expected ??= key.sha256
    if (key.sha256 === expected) return true
    const message = `The host key changed: expected ${expected}, the server presented ${key.type} ${key.sha256}.`
    fail(new ReachFailure('host-key-changed', message, { expectedSha256: expected }))
    return false
  }
}

/** Offers the one configured method, once. */
const offerOnce = (login: SshLogin, fail: (cause: Error) => void): AuthHandlerMiddleware => {
  let offered = false
  return (_methods, _partialSuccess, next) => {
    if (offered) return fail(new ReachFailure('ssh-auth', 'The SSH server did not accept the login.'))
    offered = true
    const { username, password, privateKey, passphrase } = login
    if (privateKey === undefined)
      return next(password === undefined ? { type: 'none', username } : { type: 'password', username, password })
    openPrivateKey(privateKey, passphrase)
      .then((opened) => {
        const read = opened.ok ? readPrivateKey(opened.text) : opened
        if (read.ok) next({ type: 'publickey', username, key: read.key })
        else fail(new ReachFailure('ssh-auth', read.message))
      })
      .catch(fail)
  }
}

const openTunnel = (client: Client, host: string, port: number): Promise<Channel> => {
  const { promise, resolve, reject } = Promise.withResolvers<Channel>()
  client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
    if (error) reject(describeTunnelError(error))
    else resolve(channel)
  })
  return promise
}

const describeSshError = (cause: Error, authenticating: boolean): ReachFailure =>
  authenticating
    ? new ReachFailure('ssh-auth', `The SSH server ended the login: ${showRemoteText(cause.message)}`, { cause })
    : new ReachFailure('refused', `SSH could not be set up: ${showRemoteText(cause.message)}`, { cause })

// RFC 4254, section 5.1: SSH_OPEN_CONNECT_FAILED. The tunnel is allowed, what it leads to does not answer.
const connectFailed = 2

const describeTunnelError = (cause: Error & { reason?: number | string }): ReachFailure =>
  cause.reason === connectFailed
    ? new ReachFailure('db-refused', `The SSH server cannot reach the database: ${showRemoteText(cause.message)}`, { cause })
    : new ReachFailure('tunnel-refused', `The SSH server refused the tunnel: ${showRemoteText(cause.message)}`, { cause })
