import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { type Mariadb, startMariadb } from '../../../deployment/testing/mariadb.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../../deployment/testing/sshd.ts'
import { ReachError } from '../../reach/reach-error.ts'
import type { PartnerConnection, ReachTarget, StageTimeouts } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { openPrivateKey } from '../ssh/open-private-key.ts'
import { createConnectPartner } from './connect-partner.ts'
import { createConnectionPool } from './connection-pool.ts'
import { createMarks, type FromThread, type ToThread } from './reach-messages.ts'
import { createReachThreads } from './reach-threads.ts'

const password = 'corvid-9-lamp'
const patient = stageTimeouts(Settings.parse({}))
const { signal } = new AbortController()
const limits = { signal, timeoutMs: 5000 }

const threads = createReachThreads({ openKey: openPrivateKey })
afterAll(threads.close)
const ways = [
  ['in this thread', createConnectPartner({ openKey: openPrivateKey })],
  ['in another thread', threads.connect],
] as const

test.runIf(requireParts('mariadbd'))('a query that comes to a thread after its connection ended is told so', async () => {
  const mariadb = await startMariadb()
  onTestFinished(mariadb.stop)
  await mariadb.createSchema('acme', password)
  const worker = new Worker(new URL('./reach-worker.ts', import.meta.url), { workerData: { marks: createMarks() } })
  onTestFinished(async () => void (await worker.terminate()))
  const said: FromThread[] = []
  worker.on('message', (message: FromThread) => said.push(message))
  const whenSaid = (kind: FromThread['kind']) => vi.waitFor(() => expect(said).toContainEqual(expect.objectContaining({ kind })), 5000)
  const ask = (message: ToThread) => worker.postMessage(message)
  ask({
    id: 1,
    kind: 'connect',
    target: {
      partnerId: 'acme',
      revision: '1',
      ssh: null,
      db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password, tls: null },
    },
    timeoutsMs: patient,
  })
  await whenSaid('done')
  ask({ id: 2, kind: 'close', connection: 1 })
  await whenSaid('closed')
  ask({ id: 3, kind: 'query', connection: 1, sql: 'SELECT 1', values: [], timeoutMs: 100 })
  await vi.waitFor(() => expect(said.at(-1)).toEqual({ kind: 'ended', id: 3 }), 5000)
})

test.runIf(requireParts('sshd', 'ssh-keygen'))(
  'a key that this service fails to open is its own error, and its process goes on',
  async () => {
    const sshd = await startSshd()
    onTestFinished(sshd.stop)
    const broken = createReachThreads({ openKey: () => Promise.reject(new Error('no thread for a key')) })
    onTestFinished(broken.close)
    const { port, username, privateKey } = sshd
    const ssh = { host: '127.0.0.1', port, username, privateKey, hostKey: { pinned: sshd.hostKeySha256() } }
    const target = {
      partnerId: 'acme',
      revision: '1',
      ssh,
      db: { host: '127.0.0.1', port: 1, name: 'acme', username: 'acme', password, tls: null },
    }
    await expect(broken.connect(target, { timeoutsMs: patient, signal })).rejects.toThrow('no thread for a key')
  },
)

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd')).each(ways)('reaching a partner %s', (_way, connectPartner) => {
  let sshd: Sshd
  let mariadb: Mariadb
  beforeAll(async () => {
    ;[sshd, mariadb] = await Promise.all([startSshd({ hostKeyTypes: ['ed25519', 'rsa'] }), startMariadb()])
    await mariadb.createSchema('acme', password)
  })
  afterAll(() => Promise.all([sshd.stop(), mariadb.stop()]))

  const sshOf = (server: Sshd) => ({
    host: '127.0.0.1',
    port: server.port,
    username: server.username,
    privateKey: server.privateKey,
    hostKey: { pinned: server.hostKeySha256() } as NonNullable<ReachTarget['ssh']>['hostKey'],
  })
  type Changes = { ssh?: Partial<NonNullable<ReachTarget['ssh']>> | null; db?: Partial<ReachTarget['db']> }
  const target = ({ ssh = {}, db = {} }: Changes = {}): ReachTarget => ({
    partnerId: 'acme',
    revision: '1',
    ssh: ssh === null ? null : { ...sshOf(sshd), ...ssh },
    db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password, tls: null, ...db },
  })

  /** The error of a connection that must not come about, which must not tell a credential. */
  const failure = async (to: ReachTarget, timeoutsMs: Partial<StageTimeouts> = {}): Promise<ReachError> => {
    const error = await connectPartner(to, { timeoutsMs: { ...patient, ...timeoutsMs }, signal }).then(
      (connection) => connection.close(),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ReachError)) throw error ?? new Error('it connected')
    expect(error.message).not.toMatch(new RegExp(`${password}|PRIVATE KEY`))
    expect(error.stages.at(-1)).toMatchObject({ stage: error.stage, ok: false })
    return error
  }
  const connected = async (to: ReachTarget, use: (connection: PartnerConnection) => Promise<void>) => {
    const connection = await connectPartner(to, { timeoutsMs: patient, signal })
    await use(connection).finally(() => connection.close())
    expect(connection.closed).toBe(true)
  }

  describe('when all is well', () => {
    test('answers through the tunnel, in numbers, and tells each stage and the host key', () =>
      connected(target(), async (connection) => {
        const rows = await connection.query('SELECT COUNT(*) AS n, ? AS text, @@time_zone AS zone', ["it's"], limits)
        expect(rows).toEqual([{ n: 1, text: "it's", zone: '+00:00' }])
        expect(connection.stages.map(({ stage, ok }) => `${stage} ${ok}`)).toEqual(
          ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect'].map((stage) => `${stage} true`),
        )
        expect(connection.hostKey).toEqual({ type: 'ssh-ed25519', sha256: sshd.hostKeySha256() })
      }))

    test('answers without SSH', () =>
      connected(target({ ssh: null }), async (connection) => {
        expect(await connection.query('SELECT 1 AS one', [], limits)).toEqual([{ one: 1 }])
        expect(connection.hostKey).toBeNull()
      }))

    test('asks the server for the pinned type of key, though it prefers another', () =>
      connected(target({ ssh: { hostKey: { pinned: sshd.hostKeySha256('rsa'), type: 'ssh-rsa' } } }), async ({ hostKey }) => {
        expect(hostKey).toEqual({ type: 'ssh-rsa', sha256: sshd.hostKeySha256('rsa') })
      }))

    test('finds the key that was pinned by its fingerprint alone, though the server prefers another', () =>
      connected(target({ ssh: { hostKey: { pinned: sshd.hostKeySha256('rsa') } } }), async ({ hostKey }) => {
        expect(hostKey).toEqual({ type: 'ssh-rsa', sha256: sshd.hostKeySha256('rsa') })
      }))

    test('takes the first host key with trustOnFirstUse', () =>
      connected(target({ ssh: { hostKey: { trustOnFirstUse: true } } }), async ({ hostKey }) => {
        expect(hostKey?.sha256).toBe(sshd.hostKeySha256())
      }))

    test('quotes values safely whatever SQL mode the server starts with', async () => {
      await mariadb.run("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'")
      const value = `\\' OR 1 -- "`
      await connected(target(), async (connection) => {
        expect(await connection.query('SELECT ? AS value', [value], limits)).toEqual([{ value }])
      }).finally(() => mariadb.run('SET GLOBAL sql_mode = DEFAULT'))
    })

    test('runs one statement at a time only', () =>
      connected(target(), async (connection) => {
        await expect(connection.query('SELECT 1; SELECT 2', [], limits)).rejects.toMatchObject({ reason: 'query' })
      }))
  })

  describe('the way to the server', () => {
    test('wrong name: dns', async () => {
      expect(await failure(target({ ssh: { host: 'no-such-host.invalid' } }))).toMatchObject({ stage: 'ssh-connect', reason: 'dns' })
      expect(await failure(target({ ssh: null, db: { host: 'no-such-host.invalid' } }))).toMatchObject({
        stage: 'db-connect',
        reason: 'dns',
      })
    })

    test('closed port: refused', async () => {
      const port = await findFreePort()
      expect(await failure(target({ ssh: { port } }))).toMatchObject({ stage: 'ssh-connect', reason: 'refused' })
      expect(await failure(target({ ssh: null, db: { port } }))).toMatchObject({ stage: 'db-connect', reason: 'refused' })
    })

    test('a listener that accepts and says nothing: timeout, and the socket is closed', async () => {
      const silent = createServer().listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const port = (silent.address() as { port: number }).port
      for (const to of [target({ ssh: { port } }), target({ ssh: null, db: { port } })]) {
        const accepted = once(silent, 'connection').then(([socket]) => once(socket.resume(), 'close'))
        expect(await failure(to, { 'ssh-connect': 100, 'db-connect': 100 })).toMatchObject({
          stage: to.ssh ? 'ssh-connect' : 'db-connect',
          reason: 'timeout',
        })
        await accepted
      }
      silent.close()
    })

    test('a server with a costly key exchange and a cheap one: the cheap one is taken', async () => {
      const config = ['KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512', 'Ciphers aes256-gcm@openssh.com']
      const server = await startSshd({ config })
      const startedAt = performance.now()
      await connected(target({ ssh: sshOf(server) }), async () => {}).finally(server.stop)
      expect(performance.now() - startedAt).toBeLessThan(3_000)
    })

    test.each([
      ['KexAlgorithms', 'diffie-hellman-group-exchange-sha256', 'curve25519-sha256'],
      ['Ciphers', 'aes256-cbc', 'aes128-gcm@openssh.com'],
      ['MACs', 'umac-64@openssh.com', 'hmac-sha2-256-etm@openssh.com'],
    ])('a server whose %s are others: refused, with what it has and what it needs', async (setting, theirs, ours) => {
      const server = await startSshd({ config: [`${setting} ${theirs}`, ...(setting === 'MACs' ? ['Ciphers aes256-ctr'] : [])] })
      const error = await failure(target({ ssh: sshOf(server) })).finally(server.stop)
      expect(error).toMatchObject({ stage: 'host-key', reason: 'refused' })
      expect(error.message).toContain(`The server has ${theirs}; this service takes `)
      expect(error.message).toContain(ours)
    })

    test('a server that does not speak SSH: refused', async () => {
      const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
      await once(web, 'listening')
      const { port } = web.address() as { port: number }
      expect(await failure(target({ ssh: { port } }))).toMatchObject({ reason: 'refused' })
      web.close()
    })
  })

  describe('the host key', () => {
    const loginAttempts = (server: Sshd) =>
      server.readLog().match(/userauth-request|SSH2_MSG_SERVICE_REQUEST|service_request/gi)?.length ?? 0
    const disconnects = (server: Sshd) => server.readLog().match(/Received disconnect from|Connection (closed|reset) by/g)?.length ?? 0

    test('unknown: refuses to send a login, and tells the key', async () => {
      const server = await startSshd()
      try {
        const error = await failure(target({ ssh: { ...sshOf(server), hostKey: null } }))
        expect(error).toMatchObject({ stage: 'host-key', reason: 'host-key-unknown', expectedSha256: null })
        expect(error.hostKey).toEqual({ type: 'ssh-ed25519', sha256: server.hostKeySha256() })
        await vi.waitFor(() => expect(disconnects(server)).toBeGreaterThan(0), 5000)
        expect(loginAttempts(server)).toBe(0)
        await connected(target({ ssh: sshOf(server) }), async () => {})
        expect(loginAttempts(server), 'the log does show a login that is sent').toBeGreaterThan(0)
      } finally {
        await server.stop()
      }
    })

    test('changed: refuses to send a login, and tells both keys', async () => {
      const server = await startSshd()
      try {
        const before = sshOf(server)
        const pinned = server.hostKeySha256()
        await server.changeHostKey()
        const error = await failure(target({ ssh: before }))
        expect(error).toMatchObject({ stage: 'host-key', reason: 'host-key-changed', expectedSha256: pinned })
        expect(error.hostKey?.sha256).toBe(server.hostKeySha256())
        expect(server.hostKeySha256()).not.toBe(pinned)
        await vi.waitFor(() => expect(disconnects(server)).toBeGreaterThan(0), 5000)
        expect(loginAttempts(server)).toBe(0)
      } finally {
        await server.stop()
      }
    })
  })

  describe('signing in to SSH', () => {
    test('wrong key: ssh-auth, with the host key, after one method was offered', async () => {
      const other = await startSshd()
      await other.stop()
      const seen = sshd.readLog().length
      const error = await failure(target({ ssh: { privateKey: other.privateKey } }))
      expect(error).toMatchObject({ stage: 'ssh-auth', reason: 'ssh-auth' })
      expect(error.hostKey?.sha256).toBe(sshd.hostKeySha256())
      const offered = [
        ...sshd
          .readLog()
          .slice(seen)
          .matchAll(/userauth-request for user \S+ service \S+ method (\S+)/g),
      ].map(([, method]) => method)
      expect(new Set(offered)).toEqual(new Set(['publickey']))
    })

    test('a password where the server takes keys alone: ssh-auth, saying so, and the password is not sent', async () => {
      const seen = sshd.readLog().length
      const { privateKey: _unused, ...login } = sshOf(sshd)
      const to = { ...target(), ssh: { ...login, password } }
      const message = 'The SSH server did not accept the login. The server asks for a private key. It allows publickey.'
      expect(await failure(to)).toMatchObject({ stage: 'ssh-auth', reason: 'ssh-auth', message })
      expect(sshd.readLog().slice(seen)).not.toMatch(/method (password|publickey|keyboard-interactive)/)
    })

    test('a key that its passphrase does not open: ssh-auth', async () => {
      const { privateKey } = createSshKey({ passphrase: 'another', cipher: 'aes256-ctr', rounds: 1 })
      const error = await failure(target({ ssh: { privateKey, passphrase: password } }))
      expect(error).toMatchObject({ stage: 'ssh-auth', reason: 'ssh-auth', message: 'The passphrase does not open this private key.' })
    })
  })

  describe('the database behind it', () => {
    test('forwarding forbidden: tunnel-refused', async () => {
      const server = await startSshd({ config: ['AllowTcpForwarding no'] })
      try {
        expect(await failure(target({ ssh: sshOf(server) }))).toMatchObject({ stage: 'tunnel', reason: 'tunnel-refused' })
      } finally {
        await server.stop()
      }
    })

    test('closed port: db-refused, and the tunnel counts as good', async () => {
      const error = await failure(target({ db: { port: await findFreePort() } }))
      expect(error).toMatchObject({ stage: 'db-connect', reason: 'db-refused' })
      expect(error.stages).toContainEqual(expect.objectContaining({ stage: 'tunnel', ok: true }))
    })

    test('wrong password: db-auth', async () => {
      expect(await failure(target({ db: { password: 'wrong' } }))).toMatchObject({ stage: 'db-connect', reason: 'db-auth' })
    })

    test('missing database: db-missing', async () => {
      await mariadb.run(`CREATE USER 'everywhere'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON *.* TO 'everywhere'@'%'`)
      const error = await failure(target({ db: { username: 'everywhere', name: 'nowhere' } }))
      expect(error).toMatchObject({ stage: 'db-connect', reason: 'db-missing' })
    })
  })

  describe('the query', () => {
    test('missing table: query, with the code of the database, and the connection stays usable', () =>
      connected(target(), async (connection) => {
        const error = await connection.query('SELECT * FROM nothing', [], limits).catch((thrown) => thrown)
        expect(error).toMatchObject({ stage: 'query', reason: 'query', message: expect.stringContaining('ER_NO_SUCH_TABLE') })
        expect(await connection.query('SELECT 1 AS one', [], limits)).toEqual([{ one: 1 }])
      }))

    test('one that never ends is ended by the server, and the connection stays usable', () =>
      connected(target(), async (connection) => {
        const error = await connection.query('SELECT SLEEP(60)', [], { signal, timeoutMs: 200 }).catch((thrown) => thrown)
        expect(error).toMatchObject({ stage: 'query', reason: 'timeout', message: expect.stringContaining('ended by the server') })
        expect(await connection.query('SELECT 1 AS one', [], limits)).toEqual([{ one: 1 }])
      }))

    test('one that the server does not end is given up, and the connection is closed', () =>
      connected(target(), async (connection) => {
        await connection.query('SELECT 1', [], { signal, timeoutMs: 100 })
        await connection.query('SET SESSION max_statement_time = 0', [], { signal, timeoutMs: 100 })
        const query = connection.query('SELECT SLEEP(60)', [], { signal, timeoutMs: 100 })
        await expect(query).rejects.toMatchObject({ stage: 'query', reason: 'timeout' })
        expect(connection.closed).toBe(true)
      }))

    test('an abort ends it at once, and closes the connection', () =>
      connected(target(), async (connection) => {
        const controller = new AbortController()
        const query = connection.query('SELECT SLEEP(60)', [], { signal: controller.signal, timeoutMs: 5000 })
        controller.abort()
        await expect(query).rejects.toMatchObject({ stage: 'query', reason: 'aborted' })
        expect(connection.closed).toBe(true)
      }))

    test.each(['tunnel', 'direct'])('the server killed in the middle of it: query, at once (%s)', async (way) => {
      await connected(target(way === 'direct' ? { ssh: null } : {}), async (connection) => {
        const query = connection.query('SELECT SLEEP(4)', [], limits).catch((thrown) => thrown)
        await vi.waitFor(async () => expect(await running(mariadb)).toBe(1), 5000)
        await mariadb.kill()
        expect(await query).toMatchObject({ stage: 'query', reason: 'query', message: 'The connection to the database was lost.' })
        await vi.waitFor(() => expect(connection.closed).toBe(true))
      }).finally(() => mariadb.start())
    })
  })

  test('an abort in each stage ends the connection there', async () => {
    for (const last of ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel'] as const) {
      const controller = new AbortController()
      const onStage = ({ stage }: { stage: string }) => stage === last && controller.abort()
      const connecting = connectPartner(target(), { timeoutsMs: patient, signal: controller.signal, onStage })
      await expect(connecting).rejects.toMatchObject({ reason: 'aborted' })
    }
    await expect(connectPartner(target(), { timeoutsMs: patient, signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: 'aborted',
    })
  })

  test('a pool connects again after sshd was restarted between two uses', async () => {
    const connect = vi.fn((to: ReachTarget, given: AbortSignal) => connectPartner(to, { timeoutsMs: patient, signal: given }))
    const pool = createConnectionPool({
      connect,
      monotonicMs: () => performance.now(),
      idleMs: 60_000,
      retryDelayMs: { first: 1000, max: 30_000 },
    })
    const ask = () => pool.use(target(), (connection) => connection.query('SELECT 1 AS one', [], limits), signal)
    await ask()
    await ask()
    await sshd.restart()
    expect(await ask()).toEqual([{ one: 1 }])
    expect(connect).toHaveBeenCalledTimes(2)
    await pool.close()
  })

  test('1,000 queries and 30 connections leave no handle and no listener behind', async () => {
    const resources = () => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|GetAddrInfo/.test(name)).length
    const { signal: watched } = new AbortController()
    const before = resources()
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    await connected(target(), async (connection) => {
      for (let i = 0; i < 1000; i++) await connection.query('SELECT ?', [i], { signal: watched, timeoutMs: 5000 })
    })
    for (let i = 0; i < 30; i++) await (await connectPartner(target(), { timeoutsMs: patient, signal: watched })).close()
    process.off('warning', onWarning)
    await vi.waitFor(() => expect(resources()).toBeLessThanOrEqual(before))
    expect(getEventListeners(watched, 'abort')).toHaveLength(0)
    expect(warnings).toEqual([])
  })
})

/** How many of the statements that the server is killed under it runs now. */
const running = async (mariadb: Mariadb): Promise<number> => {
  const rows = await mariadb.ask("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(4)%'")
  return Number(rows[0]?.['n'])
}
