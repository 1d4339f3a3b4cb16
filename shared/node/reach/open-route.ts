import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hopsOf } from '../../reach/reach-error.ts'
import type { ReachTarget, SshRoute, SshServer, StageTimeouts } from '../../reach/reach-target.ts'
import type { OpenKey } from '../ssh/open-private-key.ts'
import { type SshSession, startSsh, type TunnelEnd } from '../ssh/start-ssh.ts'
import { isAllowedBehindTunnel } from './allowed-networks.ts'
import type { SocketGuard } from './guard-socket.ts'
import { forbiddenAddress, whenConnected } from './open-socket.ts'
import { ReachFailure } from './reach-failure.ts'
import type { Stages } from './run-stages.ts'

export type RouteDeps = { openKey: OpenKey; guard: SocketGuard; stages: Stages; timeoutsMs: StageTimeouts; networks: readonly string[] }

/** What a tunnel came to: a stream, or why the server that it was asked of could not connect it. */
type Tunnel = Duplex | ReachFailure

export type Route = {
  /** Leads to the database. */
  tunnel: Tunnel
  /** Says goodbye on the whole way and closes the socket. */
  end(): void
}

/** Signs in to each SSH server of the route, each reached through the one before and its key checked first, and opens the tunnel to the database. */
export const openRoute = async (deps: RouteDeps, socket: Socket, ssh: SshRoute, db: ReachTarget['db']): Promise<Route> => {
  const { jumps = [] } = ssh
  const hops = hopsOf(jumps)
  const sessions: SshSession[] = []
  let tunnel: Tunnel = socket
  for (const [index, server] of [...jumps, ssh].entries()) {
    deps.stages.enter(hops[index])
    const session = await openSsh(deps, server, tunnel, index === 0 ? socket : null)
    sessions.unshift(session)
    const next = index < jumps.length ? (jumps[index + 1] ?? ssh) : db
    tunnel = await openTunnel(deps, session, next, next === db ? 'database' : 'ssh')
  }
  return {
    tunnel,
    end: () => {
      for (const session of sessions) session.end()
    },
  }
}

const openSsh = async (
  { openKey, guard, stages, timeoutsMs }: RouteDeps,
  server: SshServer,
  tunnel: Tunnel,
  connecting: Socket | null,
): Promise<SshSession> => {
  const onHostKey: Parameters<typeof startSsh>[2]['onHostKey'] = (hostKey) => {
    stages.hostKey ??= hostKey
  }
  const ssh = await stages.run('ssh-connect', timeoutsMs['ssh-connect'], async () => {
    if (tunnel instanceof ReachFailure) throw tunnel
    if (connecting) await whenConnected(connecting)
    const session = startSsh(tunnel, server, { openKey, giveUp: guard.giveUp, onHostKey })
    await session.identified
    return session
  })
  await stages.run('host-key', timeoutsMs['host-key'], () => ssh.hostKeyAccepted)
  await stages.run('ssh-auth', timeoutsMs['ssh-auth'], () => ssh.authenticated)
  return ssh
}

/** A tunnel that the server allows but cannot connect is the failure of what it leads to: it is returned, for the next stage to report. */
const openTunnel = (
  { guard, stages, timeoutsMs, networks }: RouteDeps,
  ssh: SshSession,
  to: { host: string; port: number },
  leadsTo: TunnelEnd,
): Promise<Tunnel> =>
  stages.run('tunnel', timeoutsMs.tunnel, async () => {
    // A name is resolved at the other end, out of sight.
    if (isIP(to.host) !== 0 && !isAllowedBehindTunnel(to.host, networks)) throw forbiddenAddress(to.host)
    try {
      const stream = await ssh.openTunnel(to, leadsTo)
      guard.watch(stream)
      // Of a session whose own stream has ended the library would leave the channels open.
      if (leadsTo === 'ssh') stream.once('end', () => guard.giveUp()).once('close', () => guard.giveUp())
      return stream
    } catch (failure) {
      if (failure instanceof ReachFailure && failure.reason !== 'tunnel-refused') return failure
      throw failure
    }
  })
