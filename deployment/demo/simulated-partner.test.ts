import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createConnection, type RowDataPacket } from 'mysql2'
import type { Connection } from 'mysql2/promise'
import ssh2, { type ConnectConfig } from 'ssh2'
import { afterEach, expect, test } from 'vitest'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import { createSshKey } from './create-ssh-key.ts'
import { type SimulatedPartner, startSimulatedPartner } from './simulated-partner.ts'
import type { WorkloadProfileName } from './workload-profiles.ts'

const nowMs = Date.UTC(2026, 0, 5, 12)
const stops: (() => unknown)[] = []
/** What mysql2's client says of packets that are out of step. */
const warnings: unknown[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  expect(warnings.splice(0)).toEqual([])
})

const startPartner = async (profile: WorkloadProfileName = 'busy'): Promise<SimulatedPartner> => {
  const partner = await startSimulatedPartner({ name: 'Acme Jobs', seed: 7, profile, now: () => nowMs })
  stops.push(partner.stop)
  return partner
}

/** Connects with the partner's password and reports the host key that it was shown. */
const connectSsh = async ({ ssh }: SimulatedPartner, overrides: ConnectConfig = {}) => {
  const client = new ssh2.Client()
  stops.push(() => client.end())
  let shownKey: Buffer | undefined
  client.on('connect', () => client.setNoDelay(true))
  client.on('error', () => undefined)
  const ready = once(client, 'ready')
  client.connect({
    host: ssh.host,
    port: ssh.port,
    username: ssh.username,
    password: ssh.password,
    hostVerifier: (key: Buffer) => {
      shownKey = key
      return true
    },
    ...overrides,
  })
  await ready
  const sha256 = `SHA256:${createHash('sha256').update(shownKey!).digest('base64').replace(/=+$/, '')}`
  return { client, sha256 }
}

const closed = (client: ssh2.Client) => new Promise<void>((resolve) => client.once('close', () => resolve()))

const openTunnel = (client: ssh2.Client, host: string, port: number) =>
  new Promise<ssh2.ClientChannel>((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)))
  })

const connectDatabase = async ({ db }: SimulatedPartner, client: ssh2.Client): Promise<Connection> => {
  const stream = await openTunnel(client, db.host, db.port)
  const connection = createConnection({ stream, user: db.username, password: db.password, database: db.name })
  connection.on('error', () => undefined)
  connection.on('warn', (warning) => warnings.push(warning))
  stops.push(() => connection.destroy())
  await connection.promise().connect()
  return connection.promise()
}

const rows = <Row = Record<string, unknown>>(partner: SimulatedPartner, sql: string) => partner.database.prepare(sql).all() as Row[]

test('the snapshot read through the tunnel is a hand count of the tables', async () => {
  const partner = await startPartner()
  partner.database.exec(`
    INSERT INTO campaigns VALUES (9001, 'Deleted', 'RUNNING', 1, '2026-01-05 10:00:00.000', NULL), (9002, 'Paused', 'PAUSED', 0, '2026-01-05 00:00:00.000', NULL);
    INSERT INTO _campaigntocontact SELECT 9001, B FROM _campaigntocontact WHERE A = 1 UNION SELECT 9002, 99999;
    INSERT INTO calls (campaignid, contactid, status, endReason, createdAt, updatedAt) VALUES
      (9002, 99999, 'ENDED', 'voicemail', '2026-01-04 23:00:00.000', '2026-01-04 23:59:59.999'),
      (9002, 99999, 'ENDED', 'voicemail', '2026-01-04 23:00:00.000', '2026-01-05 00:00:00.000'),
      (9002, 99999, 'ENDED', NULL, '2026-01-05 23:00:00.000', '2026-01-05 23:59:59.999'),
      (9002, 99999, 'ENDED', 'voicemail', '2026-01-05 23:00:00.000', '2026-01-06 00:00:00.000');
    DELETE FROM settings WHERE name = 'pauseAllCampaigns'`)
  const { client } = await connectSsh(partner)
  const connection = await connectDatabase(partner, client)
  const { sql, values } = snapshotStatement({ from: '2026-01-05 00:00:00', to: '2026-01-06 00:00:00' })
  const [[snapshot]] = await connection.query<RowDataPacket[]>(sql, values)

  const campaigns = rows<{ id: number; status: string; deleted: number; createdAt: string }>(partner, 'SELECT * FROM campaigns')
  const calls = rows<{ campaignid: number; contactid: number; status: string; endReason: string | null; updatedAt: string }>(
    partner,
    'SELECT * FROM calls',
  )
  const running = campaigns.filter((campaign) => campaign.status === 'RUNNING' && campaign.deleted === 0)
  const ended = calls.filter((call) => call.status === 'ENDED' && call.updatedAt.startsWith('2026-01-05'))
  const remaining = rows<{ A: number; B: number }>(partner, 'SELECT * FROM _campaigntocontact').filter(({ A, B }) => {
    if (!running.some((campaign) => campaign.id === A)) return false
    const own = calls.filter((call) => call.campaignid === A && call.contactid === B)
    return own.length === 0 || own.some((call) => call.status === 'QUEUED' || call.status === 'INPROGRESS')
  })
  expect(snapshot).toEqual({
    campaignsToday: campaigns.filter((campaign) => campaign.deleted === 0 && campaign.createdAt.startsWith('2026-01-05')).length,
    runningCampaigns: running.length,
    activeCalls: calls.filter((call) => call.status === 'INPROGRESS').length,
    queuedCalls: calls.filter((call) => call.status === 'QUEUED').length,
    completedCallsToday: ended.length,
    voicemailCount: ended.filter((call) => call.endReason === 'voicemail').length,
    customerEndedCount: ended.filter((call) => call.endReason === 'customer-ended-call').length,
    remainingCalls: new Set(remaining.map(({ B }) => B)).size,
    pauseAllCampaigns: null,
    callConcurrency: '20',
  })
  expect(snapshot!['completedCallsToday']).toBeGreaterThan(100)
  expect(snapshot!['remainingCalls']).toBeGreaterThan(50)
})

test('SSH accepts the password and the key of its user, and nothing else', async () => {
  const partner = await startPartner('idle')
  const { username, privateKey } = partner.ssh
  const otherKey = createSshKey().privateKey
  await connectSsh(partner)
  await connectSsh(partner, { username, privateKey, authHandler: ['publickey'] })
  await expect(connectSsh(partner, { password: 'wrong' })).rejects.toThrow('authentication')
  await expect(connectSsh(partner, { username: 'root' })).rejects.toThrow('authentication')
  await expect(connectSsh(partner, { privateKey: otherKey, authHandler: ['publickey'] })).rejects.toThrow('authentication')
})

test('SSH opens no tunnel but to its own database, and runs nothing', async () => {
  const partner = await startPartner('idle')
  const other = await startPartner('idle')
  const { client } = await connectSsh(partner)
  await expect(openTunnel(client, '127.0.0.1', other.db.port)).rejects.toThrow('Channel open failure')
  await expect(openTunnel(client, '127.0.0.1', partner.ssh.port)).rejects.toThrow('Channel open failure')
  await expect(openTunnel(client, '192.0.2.1', partner.db.port)).rejects.toThrow('Channel open failure')
  const execute = new Promise((resolve, reject) => client.exec('true', (error) => (error ? reject(error) : resolve(null))))
  await expect(execute).rejects.toThrow('Channel open failure')
  const listen = new Promise((resolve, reject) => client.forwardIn('127.0.0.1', 0, (error) => (error ? reject(error) : resolve(null))))
  await expect(listen).rejects.toThrow('Unable to bind')
  const tunnel = await openTunnel(client, 'localhost', partner.db.port)
  tunnel.destroy()
})

test('a partner that goes down refuses and cuts connections, and comes back at the same port with the same key', async () => {
  const partner = await startPartner()
  const { client, sha256 } = await connectSsh(partner)
  const connection = await connectDatabase(partner, client)
  partner.slow(60_000)
  const cutQuery = expect(connection.query('SELECT 1')).rejects.toThrow()
  const cut = closed(client)
  await partner.goDown()
  await cut
  await cutQuery
  await expect(once(connect(partner.ssh.port, partner.ssh.host), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await partner.comeBack()
  expect((await connectSsh(partner)).sha256).toBe(sha256)
})

test('a changed host key cuts the connections made under the old one and is shown from then on', async () => {
  const partner = await startPartner('idle')
  const before = await connectSsh(partner)
  expect(before.sha256).toBe(partner.ssh.hostKeySha256)
  const cut = closed(before.client)
  partner.changeHostKey()
  await cut
  const after = await connectSsh(partner)
  expect(after.sha256).toBe(partner.ssh.hostKeySha256)
  expect(after.sha256).not.toBe(before.sha256)
})

test("a statement through the tunnel does not wait for Nagle's algorithm", async () => {
  const partner = await startPartner('idle')
  const { client } = await connectSsh(partner)
  const connection = await connectDatabase(partner, client)
  const times: number[] = []
  for (let count = 0; count < 11; count += 1) {
    const startedAt = performance.now()
    await connection.query('SELECT name, value FROM settings')
    times.push(performance.now() - startedAt)
  }
  expect(times.sort((a, b) => a - b)[5]).toBeLessThan(20)
})

test('fifty partners start within three seconds and take little memory', async () => {
  const residentBefore = process.memoryUsage().rss
  const startedAt = performance.now()
  const partners = await Promise.all(
    Array.from({ length: 50 }, (_, seed) => startSimulatedPartner({ name: `Partner ${seed}`, seed, profile: 'steady', now: () => nowMs })),
  )
  stops.push(...partners.map((partner) => partner.stop))
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(process.memoryUsage().rss - residentBefore).toBeLessThan(100 * 2 ** 20)
})
