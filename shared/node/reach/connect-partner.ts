import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HostKey, ReachError, type StageResult } from '../../reach/reach-error.ts'
import {
  type ConnectOptions,
  everywhere,
  type PartnerConnection,
  type ReachTarget,
  type SshLogin,
  type StageTimeouts,
} from '../../reach/reach-target.ts'
import { connectMysql, type MysqlSession } from '../mysql/connect-mysql.ts'
import { type OpenKey, type SshDeps, type SshSession, startSsh } from '../ssh/start-ssh.ts'
import { isAllowedBehindTunnel } from './allowed-networks.ts'
import { guardSocket, type SocketGuard } from './guard-socket.ts'
import { forbiddenAddress, openSocket, type Reachable, whenConnected } from './open-socket.ts'
import { ReachFailure } from './reach-failure.ts'
import { runStages, type Stages, withDeadline } from './run-stages.ts'

/** How much longer than the server's own limit the answer may take, in milliseconds. */
const answerGraceMs = 1000
const closeTimeoutMs = 1000

// After the preferred type, Ed25519, those that a server may also have.
const otherKeyTypes = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']

export type ConnectPartner = (target: ReachTarget, options: ConnectOptions) => Promise<PartnerConnection>

export type ConnectPartnerDeps = {
  openKey: OpenKey
  lookup?: Reachable['lookup']
  /** Called before anything that the partner sent is worked on. */
  onWork?: () => void
  /** Called once a connection that was made has ended, with the failure where the partner is to blame. */
  onClosed?: (failure: ReachFailure | null) => void
}

/**
 * Makes the function that connects to a partner's database, through SSH where the partner has it, and throws a `ReachError` naming the stage
 * and the reason. A key that is pinned by its fingerprint alone may be any of the server's: each type is asked for until one matches.
 */
export const createConnectPartner = ({ openKey, lookup, onWork = () => {}, onClosed = () => {} }: ConnectPartnerDeps): ConnectPartner => {
  const deps = { openKey, lookup, onWork, onClosed }
  return async (target, options) => {
    const { ssh } = target
    const pin = ssh?.hostKey && 'pinned' in ssh.hostKey && ssh.hostKey.type === undefined ? ssh.hostKey : null
    if (!ssh || !pin) return connectOnce(deps, target, options)
    let refused: unknown
    for (const type of [undefined, ...otherKeyTypes]) {
      try {
        return await connectOnce(deps, { ...target, ssh: { ...ssh, hostKey: type ? { ...pin, type } : pin } }, options)
      } catch (error) {
        if (!(error instanceof ReachError && error.reason === 'host-key-changed')) throw error
        refused ??= error
      }
    }
    throw refused
  }
}

const connectOnce = async (
  { openKey, lookup, onWork, onClosed }: Required<ConnectPartnerDeps>,
  target: ReachTarget,
  options: ConnectOptions,
): Promise<PartnerConnection> => {
  const { timeoutsMs, signal } = options
  if (signal.aborted) throw abortedBefore(target)
  const networks = target.networks ?? everywhere
  const socket = openSocket(target.ssh ?? target.db, { networks, lookup })
  const guard = guardSocket(socket, onWork)
  const stages = runStages(guard, options)
  const ssh = target.ssh && (await openSsh(socket, target.ssh, { openKey, giveUp: guard.giveUp }, stages, timeoutsMs))
  const stream = ssh && (await openTunnel(ssh, target.db, networks, stages, timeoutsMs))
  const mysql = await stages.run('db-connect', timeoutsMs['db-connect'], async () => {
    if (stream instanceof ReachFailure) throw stream
    if (stream) guard.watch(stream)
    else await whenConnected(socket)
    return connectMysql(stream ?? socket, target.db, timeoutsMs.query, guard.giveUp)
  })
  socket.once('close', () => onClosed(guard.failure))
  return createConnection(socket, guard, ssh, mysql, stages)
}

const abortedBefore = ({ ssh }: ReachTarget) =>
  new ReachError('The work was aborted.', { stage: ssh ? 'ssh-connect' : 'db-connect', reason: 'aborted' })

const openSsh = async (
  socket: Socket,
  login: SshLogin,
  deps: Pick<SshDeps, 'openKey' | 'giveUp'>,
  stages: Stages,
  timeoutsMs: StageTimeouts,
): Promise<SshSession> => {
  const onHostKey = (hostKey: HostKey) => {
    stages.hostKey ??= hostKey
  }
  const ssh = await stages.run('ssh-connect', timeoutsMs['ssh-connect'], async () => {
    await whenConnected(socket)
    const session = startSsh(socket, login, { ...deps, onHostKey })
    await session.identified
    return session
  })
  await stages.run('host-key', timeoutsMs['host-key'], () => ssh.hostKeyAccepted)
  await stages.run('ssh-auth', timeoutsMs['ssh-auth'], () => ssh.authenticated)
  return ssh
}

/** A tunnel that the server allows but cannot connect is the database's failure: it is returned, for the next stage to report. */
const openTunnel = (
  ssh: SshSession,
  db: { host: string; port: number },
  networks: readonly string[],
  stages: Stages,
  timeoutsMs: StageTimeouts,
): Promise<Duplex | ReachFailure> =>
  stages.run('tunnel', timeoutsMs.tunnel, () => {
    // A name is resolved at the other end, out of sight.
    if (isIP(db.host) !== 0 && !isAllowedBehindTunnel(db.host, networks)) throw forbiddenAddress(db.host)
    return ssh.openTunnel(db.host, db.port).catch((failure: ReachFailure) => {
      if (failure.reason === 'db-refused') return failure
      throw failure
    })
  })

const createConnection = (
  socket: Socket,
  guard: SocketGuard,
  ssh: SshSession | null,
  mysql: MysqlSession,
  stages: Stages,
): PartnerConnection => ({
  hostKey: stages.hostKey,
  stages: stages.results,
  get closed() {
    return socket.destroyed
  },
  query: async (sql, values, { signal, timeoutMs }) => {
    const startedAt = performance.now()
    try {
      if (socket.destroyed) throw new ReachFailure('query', 'The connection to the database was lost.')
      const deadline = { timeoutMs: timeoutMs + answerGraceMs, signal, end: guard.giveUp }
      return await withDeadline(() => mysql.query(sql, values, timeoutMs), deadline)
    } catch (error) {
      const failure = guard.failure ?? error
      if (!(failure instanceof ReachFailure)) throw failure
      const stage: StageResult = { stage: 'query', ok: false, ms: Math.round(performance.now() - startedAt) }
      const details = { stage: 'query', reason: failure.reason, stages: [...stages.results, stage], hostKey: stages.hostKey } as const
      throw new ReachError(failure.message, details, { cause: failure })
    }
  },
  close: async () => {
    if (socket.closed) return
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('close', () => resolve())
    const timer = setTimeout(() => socket.destroy(), closeTimeoutMs)
    mysql.end()
    if (ssh) ssh.end()
    else socket.end()
    await promise
    clearTimeout(timer)
  },
})
