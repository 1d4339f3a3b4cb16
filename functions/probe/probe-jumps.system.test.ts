import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { type Mariadb, startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../deployment/testing/sshd.ts'
import type { AuditEntry } from '../../shared/node/mongo/access/audit-log.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import type { ProbeResult } from './schema.ts'

const host = '127.0.0.1'
const password = 'wren-7-lantern'
const tables = `
CREATE TABLE campaigns (id INT PRIMARY KEY, status VARCHAR(20), deleted TINYINT(1), createdAt DATETIME(3));
CREATE TABLE calls (id INT PRIMARY KEY, campaignid INT, contactid INT, status VARCHAR(20), endReason VARCHAR(50), updatedAt DATETIME(3));
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL);
CREATE TABLE settings (name VARCHAR(50) PRIMARY KEY, value TEXT);`
const hop = (number: number) => ({ number, of: 2, host })

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db'))('a partner behind two hops', () => {
  let sshds: [Sshd, Sshd, Sshd]
  let mariadb: Mariadb
  let site: AppUnderTest
  let as: string
  beforeAll(async () => {
    ;[sshds, mariadb, site] = await Promise.all([Promise.all([startSshd(), startSshd(), startSshd()]), startMariadb(), openApp()])
    as = await site.signIn('ADMIN')
    await mariadb.createSchema('acme', password)
    await mariadb.run(tables, 'acme')
  })
  afterAll(async () => {
    await site.close()
    await Promise.all([...sshds.map((sshd) => sshd.stop()), mariadb.stop()])
  })
  beforeEach(async () => {
    for (const name of ['partner_configs', 'connection_logs', 'audit_log', 'alert_states']) await site.db.collection(name).deleteMany()
  })

  const login = ({ port, username, privateKey }: Sshd, key = {}) => ({ host, port, username, privateKey, ...key })
  const create = async (keys: { trustOnFirstUse?: boolean }) => {
    const [first, second, last] = sshds
    const ssh = { ...login(last, keys), jumps: [login(first, keys), login(second, keys)] }
    const body = { partnerName: 'Acme', ssh, db: { host, port: mariadb.port, name: 'acme', username: 'acme', password } }
    return (await site.read<Partner>('POST /api/partners', { as, body })).id
  }
  const probe = async (id: string) => {
    const text = await (await site.request(`POST /api/probe/${id}`, { as })).text()
    for (const secret of [password, 'PRIVATE KEY']) expect(text).not.toContain(secret)
    return JSON.parse(text) as ProbeResult
  }
  const read = (id: string) => site.read<Partner>(`GET /api/partners/${id}`, { as })
  const trust = async (id: string, sha256: string, at?: number) =>
    (await site.request(`POST /api/probe/${id}/trust`, { as, body: { sha256, ...(at && { hop: at }) } })).status
  const capture = async (id: string) =>
    (await site.read<{ results: unknown[] }>('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).results[0]
  const keysOf = async (id: string) => {
    const { ssh } = await read(id)
    return [...ssh.jumps, ssh].map(({ hostKey }) => hostKey?.sha256 ?? null)
  }

  test('is trusted key by key, each at its hop, before anything is sent there', async () => {
    const id = await create({})
    const [first, second, last] = sshds.map((sshd) => sshd.hostKeySha256()) as [string, string, string]
    expect(await probe(id)).toMatchObject({ reason: 'host-key-unknown', hop: hop(1), hostKey: { sha256: first }, jumpKeys: [] })
    expect(await trust(id, first), 'as the key of the last server').toBe(409)
    expect(await trust(id, first, 2), 'as the key of another hop').toBe(409)
    expect(await trust(id, first, 3), 'of a hop that is not there').toBe(409)
    expect(await trust(id, first, 1)).toBe(200)

    expect(await probe(id)).toMatchObject({
      reason: 'host-key-unknown',
      hop: hop(2),
      hostKey: { sha256: second },
      jumpKeys: [{ sha256: first }],
    })
    expect(await trust(id, second, 2)).toBe(200)
    const atLast = await probe(id)
    expect(atLast).toMatchObject({ reason: 'host-key-unknown', hostKey: { sha256: last } })
    expect(atLast).not.toHaveProperty('hop')
    expect(await trust(id, last)).toBe(200)

    expect(await probe(id)).toMatchObject({ ok: true, hostKey: { sha256: last }, jumpKeys: [{ sha256: first }, { sha256: second }] })
    expect(await capture(id)).toMatchObject({ ok: true })
    expect(await keysOf(id)).toEqual([first, second, last])
    const audited = await site.db.collection<AuditEntry>('audit_log').find({ action: 'partner.trust' }).sort({ _id: 1 }).toArray()
    expect(audited).toMatchObject([{ after: { hop: 1 } }, { after: { hop: 2 } }, { after: { hostKey: { sha256: last } } }])
    const { logs } = await site.read<{ logs: { stages: { stage: string; hop?: object }[] }[] }>(`GET /api/probe/${id}/logs`, { as })
    expect(logs[0]?.stages.filter(({ stage }) => stage === 'ssh-auth').map((each) => each.hop)).toEqual([hop(1), hop(2), undefined])
  })

  test('that trusts on first use pins the key of each hop', async () => {
    const id = await create({ trustOnFirstUse: true })
    expect(await capture(id)).toMatchObject({ ok: true })
    expect(await keysOf(id)).toEqual(sshds.map((sshd) => sshd.hostKeySha256()))
    expect((await read(id)).ssh.jumps).toMatchObject([{ trustOnFirstUse: false }, { trustOnFirstUse: false }])
  })

  test('whose second hop has a new key is refused there, says so wherever it is looked at, and is captured again once the key is trusted', async () => {
    const id = await create({ trustOnFirstUse: true })
    expect(await capture(id)).toMatchObject({ ok: true })
    const [, changing] = sshds
    const old = changing.hostKeySha256()
    await changing.changeHostKey()
    const sha256 = changing.hostKeySha256()
    const asked = () => changing.readLog().match(/userauth-request|service_request/gi)?.length ?? 0
    const before = asked()
    const message = expect.stringMatching(/^\[hop 2 of 2: 127\.0\.0\.1\] The host key changed/)
    // The kept connection ended with the server; one that was refused a moment ago is not tried again at once.
    await expect
      .poll(() => capture(id), { timeout: 10_000 })
      .toMatchObject({ ok: false, reason: 'host-key-changed', stage: 'host-key', hop: hop(2), message })
    expect(await probe(id)).toMatchObject({ reason: 'host-key-changed', hop: hop(2), expectedHostKeySha256: old, hostKey: { sha256 } })
    expect(asked()).toBe(before)
    const { ssh, sync } = await read(id)
    expect(ssh.jumps[1]).toMatchObject({ hostKey: { sha256: old }, presentedHostKey: { sha256 } })
    expect([ssh.presentedHostKey, ssh.jumps[0]?.presentedHostKey]).toEqual([null, null])
    expect(sync.lastError).toMatchObject({ hop: hop(2), message })
    const states = await site.db.collection('alert_states').find().toArray()
    expect(JSON.stringify(states)).toContain('[hop 2 of 2: 127.0.0.1] The host key changed')

    expect(await trust(id, sha256, 2)).toBe(200)
    await expect.poll(() => capture(id), { timeout: 10_000 }).toMatchObject({ ok: true })
  })
})
