import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type CertificateAuthority, createCertificateAuthority, type Issued } from '../../../deployment/testing/certificates.ts'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { greeting } from '../../../deployment/testing/hostile/mysql-bytes.ts'
import { type Mariadb, startMariadb } from '../../../deployment/testing/mariadb.ts'
import { programPath, requireParts } from '../../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../../deployment/testing/sshd.ts'
import { ReachError } from '../../reach/reach-error.ts'
import type { DatabaseTls, ReachTarget } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { openPrivateKey } from '../ssh/open-private-key.ts'
import { createConnectPartner } from './connect-partner.ts'
import { createReachThreads } from './reach-threads.ts'

const password = 'corvid-9-lamp'
const timeoutsMs = stageTimeouts(Settings.parse({}))
/** An SSLRequest with its header. */
const sslRequestBytes = 36
const { signal } = new AbortController()
const limits = { signal, timeoutMs: 5000 }

const threads = createReachThreads({ openKey: openPrivateKey })
afterAll(threads.close)
const connectPartner = createConnectPartner({ openKey: openPrivateKey })

const tlsOptions = (ca: CertificateAuthority, { certificateFile, keyFile }: Issued) => [
  `--ssl-ca=${ca.certificateFile}`,
  `--ssl-cert=${certificateFile}`,
  `--ssl-key=${keyFile}`,
]

describe.runIf(requireParts('mariadbd', 'sshd', 'ssh-keygen', 'openssl'))('a database that encrypts', () => {
  let ca: CertificateAuthority
  let client: Issued
  let mariadb: Mariadb
  let plain: Mariadb
  let sshd: Sshd
  beforeAll(async () => {
    ca = createCertificateAuthority()
    client = ca.issue('acme')
    const server = ca.issue('db.example', { subjectAltName: 'DNS:localhost,IP:127.0.0.1' })
    ;[mariadb, plain, sshd] = await Promise.all([startMariadb(tlsOptions(ca, server)), startMariadb(), startSshd()])
    await Promise.all([mariadb, plain].map((database) => database.createSchema('acme', password)))
    await mariadb.run(
      `CREATE USER 'encrypted'@'%' IDENTIFIED BY '${password}' REQUIRE SSL; CREATE USER 'known'@'%' IDENTIFIED BY '${password}' REQUIRE X509;
       GRANT ALL ON acme.* TO 'encrypted'@'%'; GRANT ALL ON acme.* TO 'known'@'%'`,
    )
  })
  afterAll(async () => {
    await Promise.all([mariadb.stop(), plain.stop(), sshd.stop()])
    ca.remove()
  })

  const required: DatabaseTls = { mode: 'required' }
  const target = (tls: DatabaseTls | null, db: Partial<ReachTarget['db']> = {}): ReachTarget => ({
    partnerId: 'acme',
    revision: '1',
    ssh: null,
    db: { host: 'localhost', port: mariadb.port, name: 'acme', username: 'acme', password, tls, ...db },
  })
  const throughSsh = (to: ReachTarget): ReachTarget => {
    const { port, username, privateKey } = sshd
    return { ...to, ssh: { host: '127.0.0.1', port, username, privateKey, hostKey: { pinned: sshd.hostKeySha256(), type: 'ssh-ed25519' } } }
  }
  const connected = async (to: ReachTarget, connect = connectPartner) => {
    const connection = await connect(to, { timeoutsMs, signal })
    try {
      const [row] = await connection.query("SHOW SESSION STATUS LIKE 'Ssl_version'", [], limits)
      return { ...connection, version: row?.['Value'] }
    } finally {
      await connection.close()
      expect(connection.closed).toBe(true)
    }
  }
  const failure = async (to: ReachTarget): Promise<ReachError> => {
    const error = await connected(to).catch((thrown: unknown) => thrown)
    if (!(error instanceof ReachError)) throw error instanceof Error ? error : new Error('it connected')
    expect(error.message).not.toContain(password)
    expect(error.stages.at(-1)).toMatchObject({ stage: error.stage, ok: false })
    return error
  }

  describe.each([
    ['directly', (to: ReachTarget) => to, connectPartner],
    ['through a tunnel', throughSsh, connectPartner],
    ['in another thread', throughSsh, threads.connect],
  ])('%s', (_way, via, connect) => {
    test('is reached encrypted, and tells protocol, cipher and certificate', async () => {
      const { tls, version, stages } = await connected(via(target(required)), connect)
      expect(version).toBe('TLSv1.3')
      expect(tls).toMatchObject({
        protocol: 'TLSv1.3',
        cipher: expect.stringMatching(/^TLS_/),
        certificate: { subject: 'CN=db.example', issuer: 'CN=Test CA', notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      })
      expect(stages.slice(-2)).toMatchObject([
        { stage: 'db-tls', ok: true },
        { stage: 'db-connect', ok: true },
      ])
    })

    test('is reached in the clear when nobody asks for more', async () => {
      const { tls, version, stages } = await connected(via(target(null)), connect)
      expect(version).toBe('')
      expect(tls).toBeNull()
      expect(stages.map(({ stage }) => stage)).not.toContain('db-tls')
    })

    test('lets a user with REQUIRE SSL in, and says what to set when it is not encrypted', async () => {
      expect(await connected(via(target(required, { username: 'encrypted' })), connect)).toMatchObject({ version: 'TLSv1.3' })
      const error = await failure(via(target(null, { username: 'encrypted' })))
      expect(error).toMatchObject({ stage: 'db-connect', reason: 'db-auth', message: expect.stringContaining('set db.tls to required') })
    })

    test('is taken by its CA and name', async () => {
      for (const mode of ['verify-ca', 'verify-full'] as const)
        expect(await connected(via(target({ mode, ca: ca.certificate })), connect)).toMatchObject({ version: 'TLSv1.3' })
    })
  })

  test('is taken by an address that its certificate names', async () => {
    const to = target({ mode: 'verify-full', ca: ca.certificate }, { host: '127.0.0.1' })
    expect(await connected(to)).toMatchObject({ version: 'TLSv1.3' })
  })

  test('whose CA is not trusted is refused before anything is sent', async () => {
    const other = createCertificateAuthority()
    onTestFinished(other.remove)
    for (const tls of [{ mode: 'verify-ca' }, { mode: 'verify-full', ca: other.certificate }] as const)
      expect(await failure(target(tls))).toMatchObject({
        stage: 'db-tls',
        reason: 'certificate',
        message: expect.stringContaining('db.tlsCa'),
      })
  })

  test.each([
    ['directly', (to: ReachTarget) => to],
    ['through a tunnel', throughSsh],
  ])('whose certificate is for another name is refused by verify-full alone (%s)', async (_way, via) => {
    const other = await startMariadb(tlsOptions(ca, ca.issue('db.example', { subjectAltName: 'DNS:db.example' })))
    onTestFinished(other.stop)
    await other.createSchema('acme', password)
    for (const host of ['localhost', '127.0.0.1']) {
      const to = (mode: DatabaseTls['mode']) => via(target({ mode, ca: ca.certificate }, { host, port: other.port }))
      expect(await failure(to('verify-full'))).toMatchObject({
        stage: 'db-tls',
        reason: 'certificate',
        message: `The database's certificate is not for ${host} but for DNS:db.example.`,
      })
      await connected(to('verify-ca'))
    }
  })

  test('whose certificate has expired is refused, but where nobody checks it', async () => {
    const other = await startMariadb(tlsOptions(ca, ca.issue('localhost', { days: -1 })))
    onTestFinished(other.stop)
    await other.createSchema('acme', password)
    const error = await failure(target({ mode: 'verify-ca', ca: ca.certificate }, { port: other.port }))
    expect(error).toMatchObject({ stage: 'db-tls', reason: 'certificate', message: expect.stringContaining('has expired') })
    const { tls } = await connected(target(required, { port: other.port }))
    expect(Date.parse(tls?.certificate?.notAfter ?? '')).toBeLessThan(Date.now())
  })

  test('is shown a client certificate where it wants one, and its lack is named', async () => {
    const { certificate, key } = client
    expect(await connected(target({ ...required, certificate, key }, { username: 'known' }))).toMatchObject({ version: 'TLSv1.3' })
    const error = await failure(target(required, { username: 'known' }))
    expect(error).toMatchObject({ reason: 'db-auth', message: expect.stringContaining('db.tlsCertificate and db.tlsKey') })
  })

  test('that refuses the client certificate is told apart', async () => {
    const other = createCertificateAuthority()
    onTestFinished(other.remove)
    const { certificate, key } = other.issue('acme')
    const error = await failure(target({ ...required, certificate, key }, { username: 'known' }))
    expect(error).toMatchObject({ reason: 'tls-failed', message: expect.stringContaining('refused the client certificate') })
  })

  test('and takes nothing else says so, whoever asks in the clear', async () => {
    await mariadb.run('SET GLOBAL require_secure_transport = ON')
    onTestFinished(() => mariadb.run('SET GLOBAL require_secure_transport = OFF'))
    expect(await failure(target(null))).toMatchObject({ message: expect.stringContaining('set db.tls to required') })
    expect(await connected(target(required))).toMatchObject({ version: 'TLSv1.3' })
  })

  test('is not reached in the clear by one who asked for more', async () => {
    const error = await failure(target(required, { port: plain.port }))
    expect(error).toMatchObject({ stage: 'db-tls', reason: 'tls-required', message: expect.stringContaining('set db.tls to off') })
  })

  test('is asked a thousand times and left without a trace', async () => {
    const connection = await connectPartner(target(required), { timeoutsMs, signal })
    for (let i = 0; i < 1000; i++) await connection.query('SELECT ?', [i], limits)
    await connection.close()
    for (let i = 0; i < 20; i++) await connected(target(required))
  })

  test('that sends tickets without end is left', async () => {
    const { certificateFile, keyFile } = ca.issue('localhost')
    const port = await findFreePort()
    const server = spawn(programPath('openssl'), [
      's_server',
      '-quiet',
      '-num_tickets',
      '100',
      '-port',
      String(port),
      '-cert',
      certificateFile,
      '-key',
      keyFile,
    ])
    onTestFinished(() => void server.kill())
    const front = createServer((socket) => {
      socket.on('error', () => {}).write(greeting('8.0.36', undefined, true))
      socket.once('data', (request: Buffer) => {
        socket.pause().unshift(request.subarray(sslRequestBytes))
        const behind = connect(port, '127.0.0.1').on('error', () => socket.destroy())
        socket.pipe(behind).pipe(socket)
      })
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void front.close())
    await once(front, 'listening')
    // It serves one connection at a time.
    const answers = async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
    }
    await vi.waitFor(answers, 5000)
    const error = await failure(target(required, { port: (front.address() as { port: number }).port }))
    expect(error).toMatchObject({ reason: 'db-refused', message: 'The database sent what nobody asked for.' })
  })

  test('that is killed in the middle of a query is a lost connection', async () => {
    const connection = await connectPartner(target(required), { timeoutsMs, signal })
    const query = connection.query('SELECT SLEEP(4)', [], limits).catch((thrown) => thrown)
    await mariadb.kill()
    onTestFinished(() => mariadb.start())
    expect(await query).toMatchObject({ stage: 'query', reason: 'query', message: 'The connection to the database was lost.' })
    await expect.poll(() => connection.closed).toBe(true)
  })
})
