import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSshKey } from '../../deployment/demo/create-ssh-key.ts'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { findFreePort } from '../../deployment/testing/daemon.ts'
import { type Mariadb, startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../deployment/testing/sshd.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import type { AuditEntry } from '../../shared/node/mongo/access/audit-log.ts'
import type { ConnectionLogDoc } from '../../shared/node/mongo/partners/connection-logs.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import type { ProbeResult } from './schema.ts'

const tables = `
CREATE TABLE campaigns (id INT PRIMARY KEY, status VARCHAR(20), deleted TINYINT(1), createdAt DATETIME(3));
CREATE TABLE calls (id INT PRIMARY KEY, campaignid INT, contactid INT, status VARCHAR(20), endReason VARCHAR(50), updatedAt DATETIME(3));
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL);
CREATE TABLE settings (name VARCHAR(50) PRIMARY KEY, value TEXT);`
/** Reading it takes a minute. */
const endlessCalls = `CREATE VIEW calls AS SELECT 1 AS id, 1 AS campaignid, 1 AS contactid,
  IF(SLEEP(60), 'ENDED', 'QUEUED') AS status, NULL AS endReason, NOW() AS updatedAt;`
const password = 'wren-7-lantern'
const passphrase = 'heron-4-gate'
const allStages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect', 'query']
type LogPage = { logs: { id: string; ok: boolean; reason: string | null; kind: string; by: string }[]; next: string | null }

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db'))('a probe', () => {
  let sshd: Sshd
  let mariadb: Mariadb
  let site: AppUnderTest
  let as: string
  beforeAll(async () => {
    ;[sshd, mariadb, site] = await Promise.all([startSshd(), startMariadb(), openApp()])
    as = await site.signIn('ADMIN')
    await mariadb.createSchema('acme', password)
    await mariadb.run(tables, 'acme')
    await mariadb.run(`CREATE USER 'everywhere'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON *.* TO 'everywhere'@'%'`)
  })
  afterAll(async () => {
    await site.close()
    await Promise.all([sshd.stop(), mariadb.stop()])
  })
  beforeEach(async () => {
    for (const name of ['partner_configs', 'connection_logs', 'audit_log', 'settings']) await site.db.collection(name).deleteMany()
  })

  type Changes = { ssh?: Record<string, unknown>; db?: Record<string, unknown> }
  const connection = ({ ssh, db }: Changes = {}) => ({
    ssh: { host: '127.0.0.1', port: sshd.port, username: sshd.username, privateKey: sshd.privateKey, ...ssh },
    db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password, ...db },
  })
  const pinned = (changes: Changes = {}) => connection({ ...changes, ssh: { hostKeySha256: sshd.hostKeySha256(), ...changes.ssh } })

  /** The result, which must not tell a credential. */
  const resultOf = async (response: Response): Promise<ProbeResult> => {
    const text = await response.text()
    expect(response.status, text).toBe(200)
    for (const secret of [password, 'PRIVATE KEY', sshd.privateKey.split('\n')[2] ?? '']) expect(text).not.toContain(secret)
    return JSON.parse(text) as ProbeResult
  }
  const probe = async (idOrBody: string | object) =>
    resultOf(
      await (typeof idOrBody === 'string'
        ? site.request(`POST /api/probe/${idOrBody}`, { as })
        : site.request('POST /api/probe', { as, body: idOrBody })),
    )
  const create = async (body: object) => (await site.read<Partner>('POST /api/partners', { as, body: { partnerName: 'Acme', ...body } })).id
  const read = (id: string) => site.read<Partner>(`GET /api/partners/${id}`, { as })
  const trust = async (id: string, sha256: string) => (await site.request(`POST /api/probe/${id}/trust`, { as, body: { sha256 } })).status
  const capture = async (id: string) =>
    (await site.read<{ results: unknown[] }>('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).results[0]
  const logs = (id: string, query = '') => site.read<LogPage>(`GET /api/probe/${id}/logs${query}`, { as })
  const stored = () => site.db.collection<ConnectionLogDoc>('connection_logs').find().sort({ _id: 1 }).toArray()
  const connectionsSeen = () => sshd.readLog().match(/Connection from/g)?.length ?? 0
  const loginsSeen = () => sshd.readLog().match(/userauth-request/g)?.length ?? 0

  test('of a configuration that is not saved shows an unknown key, sends nothing, and is logged without a partner', async () => {
    const before = loginsSeen()
    expect(await probe(connection())).toMatchObject({
      ...{ ok: false, reason: 'host-key-unknown', stage: 'host-key', expectedHostKeySha256: null },
      hostKey: { type: 'ssh-ed25519', sha256: sshd.hostKeySha256() },
      stages: [
        { stage: 'ssh-connect', ok: true },
        { stage: 'host-key', ok: false },
      ],
    })
    expect(loginsSeen()).toBe(before)
    expect(await probe(pinned())).toMatchObject({ ok: true, reason: null, stages: allStages.map((stage) => ({ stage, ok: true })) })
    expect(loginsSeen(), 'the log does show a login that is sent').toBeGreaterThan(before)
    expect(await stored()).toMatchObject([
      { partnerId: null, kind: 'probe', by: 'admin', ok: false, reason: 'host-key-unknown' },
      { partnerId: null, kind: 'probe', by: 'admin', ok: true, reason: null },
    ])
  })

  test('reaches nobody outside of the allowed networks, by a name neither, and connections that were made before end', async () => {
    const setNetworks = (...allowedNetworks: string[]) => site.read('PUT /api/settings', { as, body: { allowedNetworks } })
    const id = await create(pinned())
    const named = await create({ ...pinned({ ssh: { host: 'localhost' } }), partnerName: 'By name' })
    const behind = pinned({ db: { host: '10.0.0.5' } })
    expect(await capture(id)).toMatchObject({ ok: true })
    await setNetworks('203.0.113.0/24')
    const before = connectionsSeen()
    for (const partner of [id, named]) expect(await capture(partner)).toMatchObject({ reason: 'address-forbidden', stage: 'ssh-connect' })
    expect(await probe(pinned())).toMatchObject({ reason: 'address-forbidden', stage: 'ssh-connect' })
    expect(await probe({ db: { ...connection().db, tls: 'off' } })).toMatchObject({ reason: 'address-forbidden', stage: 'db-connect' })
    expect(connectionsSeen()).toBe(before)
    await setNetworks('127.0.0.0/8')
    expect(await capture(id)).toMatchObject({ ok: true })
    expect(await probe(behind)).toMatchObject({ reason: 'address-forbidden', stage: 'tunnel' })
    await setNetworks('0.0.0.0/0', '::/0')
    expect(await probe(pinned({ db: { host: '169.254.169.254' } }))).toMatchObject({ reason: 'address-forbidden', stage: 'tunnel' })
  })

  test('lets an admin trust the key that was shown, and no other', async () => {
    const id = await create(connection())
    const sha256 = sshd.hostKeySha256()
    expect(await trust(id, sha256), 'before it was seen').toBe(409)
    expect(await probe(id)).toMatchObject({ reason: 'host-key-unknown', hostKey: { sha256 } })
    expect((await read(id)).ssh).toMatchObject({ hostKey: null, presentedHostKey: { type: 'ssh-ed25519', sha256 } })
    expect(await trust(id, `SHA256:${'A'.repeat(43)}`)).toBe(409)
    expect(await capture(id)).toMatchObject({ ok: false, reason: 'host-key-unknown' })
    expect(await trust(id, sha256)).toBe(200)
    expect((await read(id)).ssh).toMatchObject({ hostKey: { sha256, trustedBy: 'admin' }, presentedHostKey: null })
    expect(await probe(id)).toMatchObject({ ok: true, hostKey: { sha256 } })
    expect(await capture(id)).toMatchObject({ ok: true })
    const audited = await site.db.collection<AuditEntry>('audit_log').find({ action: 'partner.trust' }).toArray()
    expect(audited).toMatchObject([{ actor: { name: 'admin' }, before: { hostKey: null }, after: { hostKey: { sha256 } } }])
  })

  test('of a server whose key changed shows both keys and sends nothing, until an admin trusts the new one', async () => {
    const id = await create(connection({ ssh: { trustOnFirstUse: true } }))
    expect(await probe(id)).toMatchObject({ ok: true })
    const old = sshd.hostKeySha256()
    expect((await read(id)).ssh.hostKey).toMatchObject({ sha256: old, trustedBy: 'first use' })
    await sshd.changeHostKey()
    const before = loginsSeen()
    const sha256 = sshd.hostKeySha256()
    expect(await probe(id)).toMatchObject({
      reason: 'host-key-changed',
      stage: 'host-key',
      hostKey: { sha256 },
      expectedHostKeySha256: old,
    })
    expect(await capture(id)).toMatchObject({ ok: false, reason: 'host-key-changed' })
    expect(loginsSeen()).toBe(before)
    expect((await read(id)).ssh).toMatchObject({ hostKey: { sha256: old }, presentedHostKey: { sha256 } })
    expect(await trust(id, sha256)).toBe(200)
    expect(await probe(id)).toMatchObject({ ok: true })
  })

  test('signs in with a key that a passphrase protects, and so does a capture; another passphrase is refused before it is stored', async () => {
    const key = createSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 16 })
    sshd.authorize(`${key.parsed.type} ${key.parsed.getPublicSSH().toString('base64')}`)
    const ssh = { privateKey: key.privateKey, passphrase }
    const id = await create(pinned({ ssh }))
    expect(await probe(id)).toMatchObject({ ok: true, stage: null })
    expect(await capture(id)).toMatchObject({ ok: true })
    const wrong = pinned({ ssh: { ...ssh, passphrase: 'another' } })
    expect((await site.request('POST /api/partners', { as, body: { partnerName: 'Globex', ...wrong } })).status).toBe(422)
  })

  test('says which stage failed and why', async () => {
    await mariadb.createSchema('bare', password)
    const other = await startSshd()
    await other.stop()
    const closed = await findFreePort()
    const failures: [Changes, string, string][] = [
      [{ ssh: { host: 'no-such-host.invalid' } }, 'ssh-connect', 'dns'],
      [{ ssh: { port: closed } }, 'ssh-connect', 'refused'],
      [{ ssh: { privateKey: other.privateKey } }, 'ssh-auth', 'ssh-auth'],
      [{ db: { port: closed } }, 'db-connect', 'db-refused'],
      [{ db: { password: 'wrong-password' } }, 'db-connect', 'db-auth'],
      [{ db: { username: 'everywhere', name: 'nowhere' } }, 'db-connect', 'db-missing'],
      [{ db: { name: 'bare', username: 'bare' } }, 'query', 'query'],
    ]
    for (const [changes, stage, reason] of failures) {
      const result = await probe(pinned(changes))
      expect(result).toMatchObject({ ok: false, stage, reason, message: expect.stringMatching(/^[A-Z]/) })
      expect(result.stages.at(-1)).toMatchObject({ stage, ok: false })
    }
    expect(await stored()).toMatchObject(failures.map(([, stage, reason]) => ({ ok: false, stage, reason })))
  })

  const set = (settings: Record<string, number>) => site.read('PUT /api/settings', { as, body: settings })

  test('follows the limits of the settings at once', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    await set({ sshConnectTimeoutMs: 100 })
    expect(await probe(pinned({ ssh: { port } }))).toMatchObject({ stage: 'ssh-connect', reason: 'timeout' })
    silent.close()
  })

  test('with a query that never ends is ended by the limit, and spoils no later capture', async () => {
    await mariadb.createSchema('slow', password)
    await mariadb.run(tables, 'slow')
    const id = await create(pinned({ db: { name: 'slow', username: 'slow' } }))
    expect(await capture(id)).toMatchObject({ ok: true })
    await mariadb.run(`DROP TABLE calls; ${endlessCalls}`, 'slow')
    await set({ queryTimeoutMs: 300 })
    expect(await probe(id)).toMatchObject({ stage: 'query', reason: 'timeout' })
    expect(await capture(id)).toMatchObject({ ok: false, stage: 'query', reason: 'timeout' })
    await mariadb.run(`DROP VIEW calls; ${tables.split('\n').find((line) => line.includes('TABLE calls'))}`, 'slow')
    await set({ queryTimeoutMs: 15_000 })
    await expect.poll(() => capture(id), { timeout: 10_000 }).toMatchObject({ ok: true })
  })

  test('that its client gives up ends its work', async () => {
    await mariadb.createSchema('endless', password)
    await mariadb.run(tables.replace(/CREATE TABLE calls.*\n/, ''), 'endless')
    await mariadb.run(endlessCalls, 'endless')
    const controller = new AbortController()
    const answer = site.app.request('/api/probe', {
      method: 'POST',
      headers: { Authorization: `Bearer ${as}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(pinned({ db: { name: 'endless', username: 'endless' } })),
      signal: controller.signal,
    })
    const running = "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'endless' AND state = 'User sleep'"
    await expect.poll(() => mariadb.ask(running), { timeout: 10_000 }).toEqual([{ n: 1 }])
    controller.abort()
    expect(await resultOf(await answer)).toMatchObject({ ok: false, stage: 'query', reason: 'aborted' })
  })

  test('of a partner whose secrets were sealed under a lost key, or for another partner, says decrypt and connects nowhere', async () => {
    const id = await create(pinned())
    await probe(id)
    expect(connectionsSeen(), 'the log does show a connection').toBeGreaterThan(0)
    const seals = [
      createSealer(randomBytes(32)).seal(password, secretContext(id, 'db.password')),
      site.deps.sealer.seal(password, secretContext('other', 'db.password')),
    ]
    for (const envelope of seals) {
      await site.db.collection<PartnerDoc>('partner_configs').updateOne({ _id: id }, { $set: { 'db.password': envelope } })
      const before = connectionsSeen()
      expect(await probe(id)).toMatchObject({ ok: false, stage: 'ssh-connect', reason: 'decrypt', hostKey: null })
      expect(await capture(id)).toMatchObject({ ok: false, reason: 'decrypt' })
      expect(connectionsSeen()).toBe(before)
    }
  })

  test('is logged beside the captures, newest first, page by page without overlap or loss, until an admin clears the log', async () => {
    const id = await create(pinned())
    for (let round = 0; round < 3; round += 1) {
      await probe(id)
      await capture(id)
    }
    const pages = [await logs(id, '?limit=4')]
    while (pages.at(-1)?.next) pages.push(await logs(id, `?limit=4&before=${pages.at(-1)?.next}`))
    const entries = pages.flatMap((page) => page.logs)
    expect(pages.map((page) => page.logs.length)).toEqual([4, 2])
    expect(entries.map((entry) => entry.id)).toEqual((await stored()).map((entry) => entry._id).reverse())
    expect(entries.map(({ kind, by, ok }) => `${kind} by ${by} ${ok}`)).toEqual(
      Array.from({ length: 3 }, () => ['capture by admin true', 'probe by admin true']).flat(),
    )
    expect((await site.request(`DELETE /api/probe/${id}/logs`, { as })).status).toBe(204)
    expect(await logs(id)).toEqual({ logs: [], next: null })
    const audited = await site.db.collection<AuditEntry>('audit_log').find({ action: 'probe.logs.clear' }).toArray()
    expect(audited).toMatchObject([{ target: { id }, before: { logs: 6 } }])
  })

  test('stays in the log for as many days as the settings say', async () => {
    await set({ connectionLogRetentionDays: 3 })
    await probe(pinned())
    const [entry] = await stored()
    expect(Number(entry?.expiresAt) - Number(entry?.at)).toBe(3 * 86_400_000)
    const indexes = await site.db.collection('connection_logs').indexes()
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }))
  })
})
