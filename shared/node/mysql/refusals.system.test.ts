import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { type Mariadb, startMariadb } from '../../../deployment/testing/mariadb.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { ReachError } from '../../reach/reach-error.ts'
import type { ReachTarget } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { createConnectPartner } from '../reach/connect-partner.ts'
import { openPrivateKey } from '../ssh/open-private-key.ts'
import { connectMysql } from './connect-mysql.ts'

const password = 'heron-4-tide'
const timeoutsMs = stageTimeouts(Settings.parse({}))
const { signal } = new AbortController()
const connectPartner = createConnectPartner({ openKey: openPrivateKey })

describe.runIf(requireParts('mariadbd', 'mariadb-install-db'))('MariaDB', () => {
  let mariadb: Mariadb
  beforeAll(async () => {
    mariadb = await startMariadb()
    await mariadb.createSchema('acme', password)
  })
  afterAll(() => mariadb.stop())
  beforeEach(() =>
    mariadb.run(
      "DROP USER IF EXISTS 'reader'@'%'; CREATE USER 'reader'@'%' IDENTIFIED BY 'heron-4-tide'; GRANT SELECT ON acme.* TO 'reader'@'%'",
    ),
  )

  const target = (db: Partial<ReachTarget['db']> = {}): ReachTarget => ({
    partnerId: 'acme',
    revision: '1',
    ssh: null,
    db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'reader', password, tls: null, ...db },
  })
  const failure = async (db: Partial<ReachTarget['db']> = {}) => {
    const error = await connectPartner(target(db), { timeoutsMs, signal }).then(
      (connection) => connection.close(),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ReachError)) throw error ?? new Error('it connected')
    return error
  }
  const refusal = async (db: Partial<ReachTarget['db']> = {}) => {
    const { reason, message } = await failure(db)
    return `${reason}: ${message}`
  }
  const connectNow = async () => {
    const connection = await connectPartner(target(), { timeoutsMs, signal })
    onTestFinished(() => connection.close())
  }

  test('refuses a wrong password: the message names what else it can be', async () => {
    expect(await refusal({ password: 'wrong' })).toBe(
      'db-auth: The database refused the user or its password. Where both are right, the user may not connect from this host.',
    )
  })

  test('whose account is locked says so, with the statement that unlocks it', async () => {
    await mariadb.run("ALTER USER 'reader'@'%' ACCOUNT LOCK")
    expect(await refusal()).toBe("db-auth: The database account is locked. To unlock it: ALTER USER 'reader'@'%' ACCOUNT UNLOCK;")
  })

  test('whose password has expired says so, at the sign-in and after it', async () => {
    await mariadb.run("ALTER USER 'reader'@'%' PASSWORD EXPIRE")
    const expired = /^db-auth: The password of the database account has expired. To renew it: ALTER USER 'reader'@'%' IDENTIFIED BY /
    expect(await refusal()).toMatch(expired)
    await mariadb.run('SET GLOBAL disconnect_on_expired_password = ON')
    onTestFinished(() => mariadb.run('SET GLOBAL disconnect_on_expired_password = OFF'))
    expect(await refusal()).toMatch(expired)
  })

  test('that blocks the account after wrong passwords says so', async () => {
    await mariadb.run('SET GLOBAL max_password_errors = 1')
    onTestFinished(() => mariadb.run('SET GLOBAL max_password_errors = DEFAULT; FLUSH PRIVILEGES'))
    await refusal({ password: 'wrong' })
    expect(await refusal()).toMatch(/^db-auth: .* blocked after too many wrong passwords. .* FLUSH PRIVILEGES;$/)
  })

  test('that allows an account one connection says which limit it is', async () => {
    await mariadb.run("ALTER USER 'reader'@'%' WITH MAX_USER_CONNECTIONS 1")
    await connectNow()
    expect(await refusal()).toMatch(/^db-refused: .* ALTER USER 'reader'@'%' WITH MAX_USER_CONNECTIONS 5/)
  })

  test('that has too many connections says so, before and without its greeting', async () => {
    await mariadb.run('SET GLOBAL max_connections = 10')
    onTestFinished(() => mariadb.run('SET GLOBAL max_connections = 1200'))
    await Promise.all(Array.from({ length: 11 }, () => connectNow().catch(() => {})))
    expect(await refusal()).toBe('db-refused: The database has too many connections: end idle ones, or raise max_connections.')
  })

  test('without a database of that name is db-missing for an ordinary reader, who is told what he sees', async () => {
    const { stage, reason, message, stages } = await failure({ name: 'acmee' })
    expect({ stage, reason }).toEqual({ stage: 'db-connect', reason: 'db-missing' })
    expect(stages).toMatchObject([{ stage: 'db-connect', ok: false }])
    expect(message).toBe(
      "There is no database acmee, or the user has no rights on it. The user sees: acme. To see all, as an administrator: SHOW DATABASES; to let the user read it: GRANT SELECT ON `acmee`.* TO 'reader'@'%';",
    )
  })

  test('with a database that the user may see and not read says which rights are missing', async () => {
    await mariadb.run("CREATE DATABASE IF NOT EXISTS other; GRANT SHOW DATABASES ON *.* TO 'reader'@'%'")
    expect(await refusal({ name: 'other' })).toBe(
      "db-auth: The user has no rights on the database other. To let it read: GRANT SELECT ON `other`.* TO 'reader'@'%';",
    )
  })

  test.each(['x', password, 'Ω'.repeat(60)])('lets a user in that is IDENTIFIED VIA ed25519, with the password "%s"', async (secret) => {
    await mariadb.run("INSTALL SONAME 'auth_ed25519'").catch(() => {})
    await mariadb.run(`ALTER USER 'reader'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('${secret}')`)
    const connection = await connectPartner(target({ password: secret }), { timeoutsMs, signal })
    await connection.close()
    expect(await refusal({ password: `${secret}.` })).toMatch(/^db-auth: The database refused the user or its password/)
  })
})

describe.runIf(requireParts('mariadbd', 'mariadb-install-db'))('a server that announces another version', () => {
  test.each(['8.0.30', '5.7.19-proxy'])('is prepared by trying, and limits statements: MariaDB as %s', async (version) => {
    const mariadb = await startMariadb([`--version=${version}`])
    onTestFinished(mariadb.stop)
    await mariadb.createSchema('acme', password)
    const socket = connect(mariadb.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const login = { host: '127.0.0.1', name: 'acme', username: 'acme', password, tls: null }
    const session = await connectMysql(socket, login, { giveUp: () => socket.destroy(), isTunnel: true }).ready(5_000)
    expect(session.notes).toEqual([])
    await expect(session.query('SELECT SLEEP(10)', [], 100)).rejects.toMatchObject({ reason: 'timeout' })
    await expect(session.query('CREATE TABLE t (n INT)', [], 5_000)).rejects.toMatchObject({
      message: expect.stringContaining('READ ONLY'),
    })
    const settings = 'SELECT @@version AS version, @@tx_isolation AS isolation, @@autocommit AS autocommit, @@time_zone AS zone'
    expect(await session.query(settings, [], 5_000)).toEqual([{ version, isolation: 'READ-COMMITTED', autocommit: 1, zone: '+00:00' }])
  })
})

test('a port where nobody listens is refused at the database, not at its encryption', async () => {
  const db = { host: '127.0.0.1', port: await findFreePort(), name: 'acme', username: 'acme', password, tls: { mode: 'required' as const } }
  const connecting = connectPartner({ partnerId: 'acme', revision: '1', ssh: null, db }, { timeoutsMs, signal })
  await expect(connecting).rejects.toMatchObject({ stage: 'db-connect', reason: 'refused' })
})

test('a platform that cannot encrypt refuses by name, before it connects', async () => {
  const db = { host: '127.0.0.1', port: await findFreePort(), name: 'acme', username: 'acme', password, tls: { mode: 'required' as const } }
  const connectInClear = createConnectPartner({ openKey: openPrivateKey, canEncrypt: false })
  const connecting = connectInClear({ partnerId: 'acme', revision: '1', ssh: null, db }, { timeoutsMs, signal })
  await expect(connecting).rejects.toMatchObject({
    stage: 'db-tls',
    reason: 'tls-failed',
    message: expect.stringContaining('This platform'),
  })
})
