import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { hostileSsh } from '../../../deployment/testing/hostile/hostile-ssh.ts'
import { type Mariadb, startMariadb } from '../../../deployment/testing/mariadb.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../../deployment/testing/sshd.ts'
import type { ReachError } from '../../reach/reach-error.ts'
import type { ReachTarget, SshServer, StageTimeouts } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { openPrivateKey } from '../ssh/open-private-key.ts'
import { createConnectPartner } from './connect-partner.ts'
import { createReachThreads } from './reach-threads.ts'

const host = '127.0.0.1'
const password = 'corvid-9-lamp'
const timeoutsMs = stageTimeouts(Settings.parse({}))
const { signal } = new AbortController()
const sshStages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel']

const threads = createReachThreads({ openKey: openPrivateKey })
afterAll(threads.close)
const ways = [
  ['in this thread', createConnectPartner({ openKey: openPrivateKey })],
  ['in another thread', threads.connect],
] as const

const serverOf = ({ port, username, privateKey, hostKeySha256 }: Sshd): SshServer => ({
  host,
  port,
  username,
  privateKey,
  hostKey: { pinned: hostKeySha256(), type: 'ssh-ed25519' },
})

/** What an sshd logs of a client that asks for anything after the key exchange, the sign-in first. */
const asked = (sshd: Sshd) => sshd.readLog().match(/userauth-request|service_request|SSH2_MSG_SERVICE_REQUEST/gi)?.length ?? 0

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd')).each(ways)('through hops, %s', (_where, connectPartner) => {
  let mariadb: Mariadb
  let chain: Sshd[]
  beforeAll(async () => {
    mariadb = await startMariadb()
    await mariadb.createSchema('acme', password)
    chain = await Promise.all([1, 2, 3, 4].map(() => startSshd({ hostKeyTypes: ['ed25519', 'rsa'] })))
  })
  afterAll(() => Promise.all([mariadb.stop(), ...chain.map((sshd) => sshd.stop())]))

  const route = (servers: readonly SshServer[] = chain.map(serverOf), db = {}): ReachTarget => {
    const last = servers.at(-1)
    if (!last) throw new Error('no server')
    return {
      partnerId: 'acme',
      revision: '1',
      ssh: { ...last, jumps: servers.slice(0, -1) },
      db: { host, port: mariadb.port, name: 'acme', username: 'acme', password, tls: null, ...db },
    }
  }
  const withServer = (index: number, changes: Partial<SshServer>): SshServer[] =>
    chain.map(serverOf).map((server, at) => (at === index ? { ...server, ...changes } : server))
  const failure = async (target: ReachTarget, limits: Partial<StageTimeouts> = {}): Promise<ReachError> =>
    connectPartner(target, { timeoutsMs: { ...timeoutsMs, ...limits }, signal }).then(
      () => Promise.reject(new Error('it connected')),
      (error: ReachError) => error,
    )
  const hopOf = (number: number) => ({ number, of: 3, host })

  test('a database is reached through three hops and the SSH server behind them, and each stage names its hop', async () => {
    const connection = await connectPartner(route(), { timeoutsMs, signal })
    expect(await connection.query('SELECT 1 AS one', [], { signal, timeoutMs: 5000 })).toEqual([{ one: 1 }])
    expect(connection.jumpKeys.map(({ sha256 }) => sha256)).toEqual(chain.slice(0, 3).map((sshd) => sshd.hostKeySha256()))
    expect(connection.hostKey?.sha256).toBe(chain[3]?.hostKeySha256())
    const steps = connection.stages.map(({ stage, hop }) => (hop ? [stage, hop.number, hop.of, hop.host] : [stage]))
    expect(steps).toEqual([
      ...[1, 2, 3].flatMap((number) => sshStages.map((stage) => [stage, number, 3, host])),
      ...sshStages.map((stage) => [stage]),
      ['db-connect'],
    ])
    await connection.close()
    expect(connection.closed).toBe(true)
  })

  test('ending a connection ends the sessions on every server of the way', async () => {
    const ended = () =>
      chain.map((sshd) => sshd.readLog().match(/Received disconnect from|Connection (closed|reset) by|Read error from/g)?.length ?? 0)
    const before = ended()
    await (await connectPartner(route(), { timeoutsMs, signal })).close()
    await vi.waitFor(() => expect(ended().every((count, at) => count > (before[at] ?? 0))).toBe(true), 5000)
  })

  test('a key pinned by its fingerprint alone is found at every hop, though the servers prefer another type', async () => {
    const servers = chain.map((sshd) => ({ ...serverOf(sshd), hostKey: { pinned: sshd.hostKeySha256('rsa') } }))
    const connection = await connectPartner(route(servers), { timeoutsMs, signal })
    expect([...connection.jumpKeys, connection.hostKey].map((key) => key?.type)).toEqual(Array(4).fill('ssh-rsa'))
    await connection.close()
  })

  test.each([1, 2, 3])(
    'a changed key at hop %i is refused before anything of a login is sent there, and nothing is reached behind it',
    async (number) => {
      const index = number - 1

      const servers = await Promise.all(chain.slice(0, 3).map(() => startSshd()))
      onTestFinished(async () => void (await Promise.all(servers.map((sshd) => sshd.stop()))))
      const target = route([...servers.map(serverOf), ...chain.slice(3).map(serverOf)])
      const pinned = servers[index]?.hostKeySha256()
      await servers[index]?.changeHostKey()
      const before = [...servers, ...chain.slice(3)].map(asked)
      const error = await failure(target)
      expect(error).toMatchObject({ stage: 'host-key', reason: 'host-key-changed', hop: hopOf(number), expectedSha256: pinned })
      expect(error.message).toContain(`[hop ${number} of 3: ${host}] The host key changed`)
      expect(error.hostKey?.sha256).toBe(servers[index]?.hostKeySha256())
      expect(error.jumpKeys.map(({ sha256 }) => sha256)).toEqual(servers.slice(0, index).map((sshd) => sshd.hostKeySha256()))
      const after = [...servers, ...chain.slice(3)].map(asked)
      expect(after.slice(index)).toEqual(before.slice(index))
      expect(
        after.slice(0, index).every((count, at) => count > (before[at] ?? 0)),
        'the log does show a login that is sent',
      ).toBe(true)
    },
  )

  test.each([1, 2, 3])('an unknown key at hop %i is told, and no login is sent there', async (number) => {
    const index = number - 1

    const before = chain.map(asked)
    const error = await failure(route(withServer(index, { hostKey: null })))
    expect(error).toMatchObject({ stage: 'host-key', reason: 'host-key-unknown', hop: hopOf(number) })
    expect(error.hostKey?.sha256).toBe(chain[index]?.hostKeySha256())
    expect(chain.map(asked).slice(index)).toEqual(before.slice(index))
  })

  test('a wrong password at hop 2 names hop 2', async () => {
    const { privateKey: _, ...login } = serverOf(chain[1] as Sshd)
    const error = await failure(route(chain.map((sshd, at) => (at === 1 ? { ...login, password } : serverOf(sshd)))))
    expect(error).toMatchObject({ stage: 'ssh-auth', reason: 'ssh-auth', hop: hopOf(2) })
    expect(error.message).toMatch(/^\[hop 2 of 3: 127\.0\.0\.1\] /)
    expect(error.message).not.toContain(password)
    expect(error.stages.at(-1)).toMatchObject({ stage: 'ssh-auth', ok: false, hop: hopOf(2) })
  })

  test('a hop that forbids forwarding: tunnel-refused, at that hop', async () => {
    const strict = await startSshd({ config: ['AllowTcpForwarding no'] })
    onTestFinished(strict.stop)
    expect(await failure(route([strict, ...chain.slice(1)].map(serverOf)))).toMatchObject({
      stage: 'tunnel',
      reason: 'tunnel-refused',
      hop: hopOf(1),
    })
  })

  test('a hop where nothing listens: refused at that hop, and the tunnel before it counts as good', async () => {
    const error = await failure(route(withServer(1, { port: await findFreePort() })))
    expect(error).toMatchObject({ stage: 'ssh-connect', reason: 'refused', hop: hopOf(2), hostKey: null })
    expect(error.message).toContain('The SSH server before this one cannot reach it')
    expect(error.stages.at(-2)).toMatchObject({ stage: 'tunnel', ok: true, hop: hopOf(1) })
  })

  test('a failure behind the hops names none', async () => {
    const { privateKey } = chain[0] as Sshd
    const atServer = await failure(route(withServer(3, { privateKey })))
    expect(atServer).toMatchObject({ stage: 'ssh-auth', reason: 'ssh-auth', hop: undefined })
    expect(atServer.message).not.toContain('hop')
    expect(atServer.jumpKeys).toHaveLength(3)
    expect(await failure(route(undefined, { password: 'wrong' }))).toMatchObject({ stage: 'db-connect', reason: 'db-auth', hop: undefined })
    expect(await failure(route(undefined, { port: await findFreePort() }))).toMatchObject({ stage: 'db-connect', reason: 'db-refused' })
  })

  test('the time of a stage is that of all hops together', async () => {
    const spentMs = async () => {
      const startedAt = performance.now()
      const error = await failure(route(), { 'host-key': 3 })
      expect(error).toMatchObject({ stage: 'host-key', reason: 'timeout' })
      return performance.now() - startedAt
    }
    expect(await spentMs()).toBeLessThan(2_000)
  })

  test('a hop that dies takes the connection with it, and the next query says so', async () => {
    const dying = await startSshd()
    onTestFinished(dying.stop)
    const connection = await connectPartner(route([chain[0], dying, chain[2], chain[3]].map((sshd) => serverOf(sshd as Sshd))), {
      timeoutsMs,
      signal,
    })
    await dying.restart()
    await vi.waitFor(() => expect(connection.closed).toBe(true), 5000)
    await expect(connection.query('SELECT 1', [], { signal, timeoutMs: 5000 })).rejects.toMatchObject({ stage: 'query', reason: 'query' })
  })

  // The servers run in this thread, which some of them keep busy.
  test.runIf(connectPartner === threads.connect).each(Object.entries(hostileSsh))(
    'what a server does as the second hop is kept within the limits of any other: %s',
    async (_what, serve) => {
      const open = new Set<Socket>()
      const hostile = createServer((socket) => {
        open.add(socket.on('error', () => {}))
        serve(socket)
      }).listen(0, host)
      await once(hostile, 'listening')
      onTestFinished(() => {
        hostile.close()
        for (const socket of open) socket.destroy()
      })
      const { port } = hostile.address() as { port: number }
      const anyKey = { trustOnFirstUse: true } as const
      const hop = { host, port, username: 'acme', password, hostKey: anyKey }
      const brief = { 'ssh-connect': 3000, 'host-key': 3000, 'ssh-auth': 3000, tunnel: 3000, 'db-connect': 3000 }
      const error = await failure(route(chain.slice(0, 3).map((sshd, at) => (at === 1 ? hop : serverOf(sshd)))), brief)
      expect(error.stages.at(-1)).toMatchObject({ ok: false })
      expect(error.hop === undefined || error.hop.number === 2, error.message).toBe(true)
      const connection = await connectPartner(route(), { timeoutsMs, signal })
      await connection.close()
    },
  )

  test('an abort in each stage of each hop ends the connection there', async () => {
    for (const last of [1, 2, 3].flatMap((number) => sshStages.map((stage) => ({ stage, number })))) {
      const controller = new AbortController()
      const connecting = connectPartner(route(), {
        timeoutsMs,
        signal: controller.signal,
        onStage: ({ stage, hop }) => stage === last.stage && hop?.number === last.number && controller.abort(),
      })
      await expect(connecting).rejects.toMatchObject({ reason: 'aborted' })
    }
  })
})
