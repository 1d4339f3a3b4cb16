import type { Socket } from 'node:net'
import { ReachError, type StageResult } from '../../reach/reach-error.ts'
import { type ConnectOptions, everywhere, type PartnerConnection, type ReachTarget } from '../../reach/reach-target.ts'
import { connectMysql, type MysqlConnecting, type MysqlSession } from '../mysql/connect-mysql.ts'
import type { OpenKey } from '../ssh/open-private-key.ts'
import { explainMissing } from './explain-missing.ts'
import { guardSocket, type SocketGuard } from './guard-socket.ts'
import { openRoute, type Route } from './open-route.ts'
import { openSocket, type Reachable, whenConnected } from './open-socket.ts'
import { ReachFailure } from './reach-failure.ts'
import { retryConnect } from './retry-connect.ts'
import { runStages, type Spent, type Stages, withDeadline } from './run-stages.ts'

/** How much longer than the server's own limit the answer may take, in milliseconds. */
const answerGraceMs = 1000
const closeTimeoutMs = 1000

export type ConnectPartner = (target: ReachTarget, options: ConnectOptions) => Promise<PartnerConnection>

export type ConnectPartnerDeps = {
  openKey: OpenKey
  lookup?: Reachable['lookup']
  /** False where the platform cannot encrypt a connection that already is. */
  canEncrypt?: boolean
  /** Called before anything that the partner sent is worked on. */
  onWork?: () => void
  /** Called once a connection that was made has ended, with the failure where the partner is to blame. */
  onClosed?: (failure: ReachFailure | null) => void
}

/**
 * Makes the function that connects to a partner's database, through its SSH servers where the partner has any, and throws a `ReachError`
 * naming the stage, the hop and the reason. What may pass by itself is tried again.
 */
export const createConnectPartner = (given: ConnectPartnerDeps): ConnectPartner => {
  const deps = { lookup: undefined, canEncrypt: true, onWork: () => {}, onClosed: () => {}, ...given }
  const connect =
    (each: typeof deps): ConnectPartner =>
    (target, options) =>
      retryConnect((to, spent) => connectOnce(each, to, options, spent), target, options)
  return async (target, options) => {
    try {
      return await connect(deps)(target, options)
    } catch (error) {
      throw await explainMissing(connect({ ...deps, onClosed: () => {} }), target, options, error)
    }
  }
}

const connectOnce = async (
  { openKey, lookup, canEncrypt, onWork, onClosed }: Required<ConnectPartnerDeps>,
  target: ReachTarget,
  options: ConnectOptions,
  spent: Spent,
): Promise<PartnerConnection> => {
  const { timeoutsMs, signal } = options
  if (signal.aborted) throw abortedBefore(target)
  if (target.db.tls && !canEncrypt) throw cannotEncrypt()
  const networks = target.networks ?? everywhere
  const socket = openSocket(target.ssh ? (target.ssh.jumps?.[0] ?? target.ssh) : target.db, { networks, lookup })
  const guard = guardSocket(socket, onWork)
  const stages = runStages(guard, options, spent)
  const route = target.ssh && (await openRoute({ openKey, guard, stages, timeoutsMs, networks }, socket, target.ssh, target.db))
  let connecting: MysqlConnecting | undefined
  const greet = async () => {
    if (route?.tunnel instanceof ReachFailure) throw route.tunnel
    if (!route) await whenConnected(socket)
    const { giveUp, watch } = guard
    connecting = connectMysql(route?.tunnel ?? socket, target.db, { giveUp, onSecured: watch, isTunnel: route !== null })
    return connecting
  }
  if (target.db.tls) {
    await stages.run(
      () => (connecting?.greeted ? 'db-tls' : 'db-connect'),
      timeoutsMs['db-tls'],
      async () => (await greet()).secured,
    )
  }
  const mysql = await stages.run('db-connect', timeoutsMs['db-connect'], async () =>
    (connecting ?? (await greet())).ready(timeoutsMs.query),
  )
  socket.once('close', () => onClosed(guard.failure))
  return createConnection(socket, guard, route, mysql, stages)
}

const abortedBefore = ({ ssh }: ReachTarget) =>
  new ReachError('The work was aborted.', { stage: ssh ? 'ssh-connect' : 'db-connect', reason: 'aborted' })

const cannotEncrypt = () =>
  new ReachError('This platform cannot encrypt the connection to a database: connect through SSH and set db.tls to off, or run on Node.', {
    stage: 'db-tls',
    reason: 'tls-failed',
  })

const createConnection = (
  socket: Socket,
  guard: SocketGuard,
  route: Route | null,
  mysql: MysqlSession,
  { hostKey, jumpKeys, results }: Stages,
): PartnerConnection => ({
  hostKey,
  jumpKeys,
  stages: results,
  tls: mysql.tls,
  notes: mysql.notes,
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
      const { errno } = (failure.cause ?? {}) as { errno?: number }
      const details = { stage: 'query', reason: failure.reason, stages: [...results, stage], hostKey, jumpKeys, errno } as const
      throw new ReachError(failure.message, details, { cause: failure })
    }
  },
  close: async () => {
    if (socket.closed) return
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('close', () => resolve())
    const timer = setTimeout(() => socket.destroy(), closeTimeoutMs)
    mysql.end()
    if (route) route.end()
    else socket.end()
    await promise
    clearTimeout(timer)
  },
})
