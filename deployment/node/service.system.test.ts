import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Mariadb, startMariadb } from '../testing/mariadb.ts'
import { requireParts } from '../testing/real-part.ts'
import { makeDataDir, startService } from '../testing/service-under-test.ts'
import { type Sshd, startSshd } from '../testing/sshd.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
const dbPassword = 'plover-5-window'
/** Two running campaigns, five calls: two active, one queued, two ended, of which one on a voicemail. */
const fixture = `
CREATE TABLE campaigns (id INT PRIMARY KEY, name VARCHAR(50), status VARCHAR(20), deleted TINYINT(1), createdAt DATETIME(3), jobTitle VARCHAR(50));
CREATE TABLE calls (id INT PRIMARY KEY AUTO_INCREMENT, campaignid INT, contactid INT, status VARCHAR(20), endReason VARCHAR(50),
  createdAt DATETIME(3), updatedAt DATETIME(3));
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL);
CREATE TABLE settings (name VARCHAR(50) PRIMARY KEY, value TEXT);
INSERT INTO campaigns (id, status, deleted, createdAt) VALUES (1, 'RUNNING', 0, UTC_TIMESTAMP()), (2, 'RUNNING', 0, '2020-01-01'), (3, 'PAUSED', 1, UTC_TIMESTAMP());
INSERT INTO _campaigntocontact (A, B) VALUES (1, 10), (1, 11), (1, 12), (1, 13), (2, 14), (2, 15);
INSERT INTO calls (campaignid, contactid, status, endReason, updatedAt) VALUES
  (1, 10, 'INPROGRESS', NULL, UTC_TIMESTAMP()), (1, 11, 'INPROGRESS', NULL, UTC_TIMESTAMP()), (1, 12, 'QUEUED', NULL, UTC_TIMESTAMP()),
  (1, 13, 'ENDED', 'voicemail', UTC_TIMESTAMP()), (2, 14, 'ENDED', NULL, UTC_TIMESTAMP());
INSERT INTO settings (name, value) VALUES ('callConcurrency', '8'), ('pauseAllCampaigns', 'false');`
const numbers = {
  campaignsToday: 1,
  runningCampaigns: 2,
  activeCalls: 2,
  queuedCalls: 1,
  completedCallsToday: 2,
  remainingCalls: 4, // contacts 10, 11, 12 and 15
}

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db'))('the service', () => {
  let sshd: Sshd
  let mariadb: Mariadb
  beforeAll(async () => {
    ;[sshd, mariadb] = await Promise.all([startSshd(), startMariadb()])
    await mariadb.createSchema('acme', dbPassword)
    await mariadb.run(fixture, 'acme')
  })
  afterAll(() => Promise.all([sshd.stop(), mariadb.stop()]))

  test('signs an admin in, takes a partner, probes it, captures it and shows the right numbers', async () => {
    const DATA_DIR = makeDataDir()
    await using service = await startService({ env: { DATA_DIR, ADMIN_PASSWORD } })
    const as = await service.logIn(ADMIN_PASSWORD)
    const body = {
      partnerName: 'Acme',
      timezone: 'UTC',
      ssh: { host: '127.0.0.1', port: sshd.port, username: sshd.username, privateKey: sshd.privateKey, trustOnFirstUse: true },
      db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password: dbPassword },
    }
    const { id } = await service.read<{ id: string }>('POST /api/partners', { as, body })
    expect(await service.read(`POST /api/probe/${id}`, { as })).toMatchObject({ ok: true, hostKey: { sha256: sshd.hostKeySha256() } })
    const snapshot = { ...numbers, voicemailCount: 1, customerEndedCount: 0, concurrencyLimit: 8, utilizationPercent: 25 }
    expect(await service.read('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).toMatchObject({
      results: [{ partnerId: id, ok: true, snapshot }],
    })
    expect(await service.read('GET /api/dashboard', { as })).toMatchObject({
      overview: { ...numbers, totalPartners: 1, activePartners: 1, coveredPartners: 1, avgUtilization: 25 },
      partners: [{ state: 'ok', partner: { id, concurrencyLimit: 8, ssh: { hostKey: { trustedBy: 'first use' } } }, snapshot }],
    })
    expect(await service.read('GET /health')).toMatchObject({ status: 'healthy', sweep: { ok: true } })
    expect(await (await service.request('GET /metrics')).text()).toMatch(/^jobtalk_captures_total\{outcome="ok"\} [1-9]/m)
    expect((await service.stop()).code).toBe(0)
  })
})

test('writes nothing but JSON lines, and one for each request, under the id that the answer names', async () => {
  const DATA_DIR = makeDataDir()
  await using service = await startService({ env: { DATA_DIR, ADMIN_PASSWORD } })
  const routes = ['GET /health', 'GET /api/partners', 'POST /api/login', 'GET /nothing', 'GET /api/docs']
  const ids = await Promise.all(routes.map(async (route) => (await service.request(route)).headers.get('x-request-id')))
  expect((await service.stop()).code).toBe(0)
  const lines = service.output.stdout.trimEnd().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const requests = entries.filter((entry) => entry['msg'] === 'request')
  expect(requests.map((entry) => entry['requestId']).sort()).toEqual(ids.sort())
  for (const entry of requests)
    expect(entry).toMatchObject({ method: expect.stringMatching(/^(GET|POST)$/), status: expect.any(Number), ms: expect.any(Number) })
  expect(service.output.stderr).toBe('')
})

test("makes the first admin's password where none is given, and prints it that once", async () => {
  const DATA_DIR = makeDataDir()
  await using first = await startService({ env: { DATA_DIR } })
  await expect.poll(() => first.output.stderr).toMatch(/password {2}\S{12,}\n/)
  const password = /password {2}(\S+)/.exec(first.output.stderr)?.[1] ?? ''
  await first.logIn(password)
  await first.stop()
  expect(first.output.stdout).not.toContain(password)
  await using second = await startService({ env: { DATA_DIR } })
  await second.logIn(password)
  await second.stop()
  expect(second.output.stderr + second.output.stdout).not.toContain(password)
})
