import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callingDatabase } from '../../deployment/bench/calling-database.ts'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { type Mariadb, startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../deployment/testing/sshd.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { Settings, stageTimeouts } from '../../shared/settings.ts'
import { type Ask, checkRights } from './check-rights.ts'
import type { ProbeResult } from './schema.ts'

const password = 'wren-7-lantern'

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db'))('a probe of a real database', () => {
  let sshd: Sshd
  let mariadb: Mariadb
  let site: AppUnderTest
  let as: string
  beforeAll(async () => {
    ;[sshd, mariadb, site] = await Promise.all([startSshd(), startMariadb(), openApp()])
    as = await site.signIn('ADMIN')
    await mariadb.createSchema('acme', password)
    await mariadb.run(callingDatabase({ campaigns: 10, calls: 500 }), 'acme')
  })
  afterAll(async () => {
    await site.close()
    await Promise.all([sshd.stop(), mariadb.stop()])
  })

  const database = (username: string, name = 'acme') => ({
    db: { host: '127.0.0.1', port: mariadb.port, name, username, password, tls: 'off' },
    ssh: { enabled: false },
  })
  const throughSsh = (username: string) => ({
    ...database(username),
    ssh: {
      ...{ host: '127.0.0.1', port: sshd.port, username: sshd.username, privateKey: sshd.privateKey },
      hostKeySha256: sshd.hostKeySha256(),
    },
  })
  const probe = (body: object) => site.read<ProbeResult>('POST /api/probe', { as, body })
  /** Runs these statements in a transaction that cannot write, as a capture's session is. */
  const asUser = async <T>(username: string, work: (ask: Ask) => Promise<T>): Promise<T> => {
    const { db } = database(username)
    const timeoutsMs = stageTimeouts(Settings.parse({}))
    const { signal } = new AbortController()
    const connection = await site.deps.connect(
      { partnerId: username, revision: '1', ssh: null, db: { ...db, tls: null } },
      { timeoutsMs, signal },
    )
    try {
      return await work((sql, values = []) => connection.query(sql, values, { signal, timeoutMs: 5_000 }))
    } finally {
      await connection.close()
    }
  }

  describe('of what a capture may read', () => {
    test('lists each table and column that is missing, and what it says to run grants it', async () => {
      await mariadb.run(`CREATE USER 'narrow'@'%' IDENTIFIED BY '${password}';
        GRANT SELECT ON acme._campaigntocontact TO 'narrow'@'%'; GRANT SELECT (id, campaignid, contactid) ON acme.calls TO 'narrow'@'%';
        GRANT SELECT ON acme.campaigns TO 'narrow'@'%'`)
      const refused = await probe(database('narrow'))
      const right = { privilege: 'SELECT', problem: 'right' }
      expect(refused).toMatchObject({ ok: false, reason: 'query', stage: 'query', cost: null })
      expect(refused.rights.missing).toEqual([
        {
          ...{ ...right, table: 'calls', columns: ['status', 'endReason', 'updatedAt'] },
          grant: "GRANT SELECT (`status`, `endReason`, `updatedAt`) ON `acme`.`calls` TO 'narrow'@'%';",
        },
        {
          ...{ ...right, table: 'settings', columns: ['name', 'value'] },
          grant: "GRANT SELECT (`name`, `value`) ON `acme`.`settings` TO 'narrow'@'%';",
        },
      ])
      expect(refused.message).toBe(
        'A capture cannot read the database. The user has no SELECT right on calls (status, endReason, updatedAt). The user has no SELECT right on settings (name, value).',
      )
      for (const { grant } of refused.rights.missing) await mariadb.run(grant ?? '')
      expect(await probe(database('narrow'))).toMatchObject({ ok: true, rights: { missing: [] } })
    })

    test('tells a table and a column that do not exist from a right', async () => {
      await mariadb.createSchema('older', password)
      await mariadb.run(callingDatabase({ campaigns: 10, calls: 500 }), 'older')
      await mariadb.run('DROP TABLE settings; ALTER TABLE calls DROP COLUMN endReason', 'older')
      const refused = await probe(database('older', 'older'))
      expect(refused).toMatchObject({ ok: false, reason: 'query' })
      expect(refused.rights.missing).toEqual([
        { table: 'calls', privilege: 'SELECT', problem: 'column', columns: ['endReason'], grant: null },
        { table: 'settings', privilege: 'SELECT', problem: 'table', columns: ['name', 'value'], grant: null },
      ])
      expect(refused.message).toContain('The table calls has no endReason. There is no table settings.')
    })

    test('checks what writes would need without writing, in a session that cannot write', async () => {
      await mariadb.run(
        `CREATE TABLE settings_auditlogs (userid BIGINT, oldvalue TEXT, newvalue TEXT, createdat DATETIME(3));
        CREATE USER 'writer'@'%' IDENTIFIED BY '${password}'; GRANT SELECT ON acme.* TO 'writer'@'%';
        GRANT UPDATE (value) ON acme.settings TO 'writer'@'%'`,
        'acme',
      )
      const columns = ['userid', 'oldvalue', 'newvalue', 'createdat']
      const needs = [
        { table: 'settings', privilege: 'UPDATE', columns: ['value'] },
        { table: 'settings_auditlogs', privilege: 'INSERT', columns },
      ] as const
      const check = () => asUser('writer', (ask) => checkRights(ask, needs, { name: 'acme', username: 'writer' }))
      const grant = "GRANT INSERT (`userid`, `oldvalue`, `newvalue`, `createdat`) ON `acme`.`settings_auditlogs` TO 'writer'@'%';"
      expect(await check()).toEqual([{ table: 'settings_auditlogs', privilege: 'INSERT', problem: 'right', columns, grant }])
      await mariadb.run(grant)
      expect(await check()).toEqual([])
      expect(await mariadb.ask('SELECT COUNT(*) AS count FROM acme.settings_auditlogs')).toEqual([{ count: 0 }])
    })
  })

  test('says what a capture costs, and which indexes would save it reading a large table whole, until they are there', async () => {
    await mariadb.createSchema('large', password)
    await mariadb.run(callingDatabase({ campaigns: 200, calls: 120_000, hasIndexes: false }), 'large')
    const before = await probe(database('large', 'large'))
    expect(before).toMatchObject({ ok: true, cost: { ms: expect.any(Number), rowsExamined: expect.any(Number) } })
    expect(before.cost?.rowsExamined, 'calls is read twice').toBeGreaterThan(200_000)
    expect(before.cost?.indexes).toEqual([
      { table: 'calls', statement: 'CREATE INDEX `calls_status_updatedAt` ON `large`.`calls` (`status`, `updatedAt`);' },
      {
        table: 'calls',
        statement: 'CREATE INDEX `calls_campaignid_contactid_status` ON `large`.`calls` (`campaignid`, `contactid`, `status`);',
      },
    ])
    for (const { statement } of before.cost?.indexes ?? []) await mariadb.run(statement)
    const after = await probe(database('large', 'large'))
    expect(after).toMatchObject({ ok: true, cost: { indexes: [] } })
    expect((await probe(database('acme'))).cost?.indexes, 'a small table is read whole').toEqual([])
  })

  test('says so also when the limit ended the statement', async () => {
    await mariadb.run(`CREATE TABLE large.slow AS SELECT * FROM large.calls; DROP TABLE large.calls;
      CREATE VIEW large.calls AS SELECT id, campaignid, contactid, IF(SLEEP(60), '', status) AS status, endReason, updatedAt FROM large.slow`)
    await site.read('PUT /api/settings', { as, body: { queryTimeoutMs: 300 } })
    expect(await probe(database('large', 'large'))).toMatchObject({ ok: false, reason: 'timeout', cost: { ms: expect.any(Number) } })
    await site.read('PUT /api/settings', { as, body: { queryTimeoutMs: 15_000 } })
  })

  describe.each([
    ['directly', database],
    ['through a tunnel', throughSsh],
  ])('with one connection allowed to the user, %s', (how, connectionOf) => {
    test('captures and probes take turns, one after the other and asked for at once', async () => {
      const user = how === 'directly' ? 'single' : 'tunnelled'
      await mariadb.run(
        `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 1; GRANT SELECT ON acme.* TO '${user}'@'%'`,
      )
      const { id } = await site.read<Partner>('POST /api/partners', { as, body: { partnerName: user, ...connectionOf(user) } })
      const capture = async () =>
        (await site.read<{ results: { ok: boolean }[] }>('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).results[0]
      const probeIt = () => site.read<ProbeResult>(`POST /api/probe/${id}`, { as })
      for (let round = 0; round < 3; round++) {
        expect(await capture()).toMatchObject({ ok: true })
        expect(await probeIt()).toMatchObject({ ok: true })
      }
      const both = await Promise.all([capture(), probeIt(), capture(), probeIt()])
      expect(both.map((each) => each?.ok)).toEqual([true, true, true, true])
    })
  })
})
