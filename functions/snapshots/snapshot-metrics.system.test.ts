import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Mariadb, startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { type Sshd, startSshd } from '../../deployment/testing/sshd.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const tables = `
CREATE TABLE campaigns (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL DEFAULT '', status VARCHAR(20) NOT NULL, deleted TINYINT(1) NOT NULL,
  createdAt DATETIME(3) NOT NULL, jobTitle VARCHAR(50));
CREATE TABLE calls (id INT PRIMARY KEY AUTO_INCREMENT, campaignid INT NOT NULL, contactid INT NOT NULL, status VARCHAR(20) NOT NULL,
  endReason VARCHAR(50), createdAt DATETIME(3) NOT NULL DEFAULT '2026-01-01', updatedAt DATETIME(3) NOT NULL);
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL);
CREATE TABLE settings (name VARCHAR(50) PRIMARY KEY, value TEXT);`

/** New York's 2 March 2026 lasts from 05:00 UTC to 05:00 UTC of the next day. */
const oddValues = `
INSERT INTO campaigns (id, status, deleted, createdAt, jobTitle) VALUES
  (1, 'RUNNING',   0, '2026-03-02 05:00:00.000', NULL),
  (2, 'RUNNING',   0, '2026-03-02 04:59:59.999', 'Nurse'),
  (3, 'RUNNING',   1, '2026-03-02 09:00:00.000', 'Driver'),
  (4, 'COMPLETED', 0, '2026-03-03 04:59:59.999', NULL),
  (5, 'PAUSED',    0, '2026-03-03 05:00:00.000', NULL);
INSERT INTO _campaigntocontact (A, B) VALUES
  (1, 100), (2, 100),
  (1, 101), (2, 101),
  (1, 102), (1, 103), (1, 104), (1, 105), (1, 106), (1, 107),
  (3, 108), (4, 109), (1, 110), (2, 111), (3, 112), (1, 113);
INSERT INTO calls (campaignid, contactid, status, endReason, updatedAt) VALUES
  (1, 101, 'ENDED',      NULL,                   '2026-03-02 05:00:00.000'),
  (1, 102, 'QUEUED',     NULL,                   '2026-03-02 08:00:00.000'),
  (1, 103, 'INPROGRESS', NULL,                   '2026-03-02 08:00:00.000'),
  (1, 104, 'ENDED',      'voicemail',            '2026-03-02 04:59:59.999'),
  (1, 104, 'ENDED',      'voicemail',            '2026-03-03 04:59:59.999'),
  (1, 104, 'ENDED',      'voicemail',            '2026-03-03 05:00:00.000'),
  (1, 104, 'ENDED',      'assistant-ended-call', '2026-03-02 10:00:00.000'),
  (1, 105, 'FAILED',     'voicemail',            '2026-03-02 10:00:00.000'),
  (1, 106, 'CANCELLED',  'customer-ended-call',  '2026-03-02 10:00:00.000'),
  (1, 107, 'ENDED',      'customer-ended-call',  '2026-03-02 10:00:00.000'),
  (1, 107, 'QUEUED',     NULL,                   '2026-03-01 10:00:00.000'),
  (2, 110, 'QUEUED',     NULL,                   '2026-03-02 10:00:00.000'),
  (2, 111, 'ENDED',      '',                     '2026-03-02 10:00:00.000'),
  (1, 111, 'QUEUED',     NULL,                   '2026-03-02 10:00:00.000'),
  (3, 112, 'INPROGRESS', NULL,                   '2026-03-02 10:00:00.000'),
  (5, 113, 'ENDED',      NULL,                   '2026-03-01 10:00:00.000');
INSERT INTO settings (name, value) VALUES ('callConcurrency', ' 12 '), ('pauseAllCampaigns', ' YES ');`

const oddNumbers = {
  campaignsToday: 2, // campaigns 1 and 4
  runningCampaigns: 2, // 1 and 2
  activeCalls: 2,
  queuedCalls: 4,
  completedCallsToday: 5,
  voicemailCount: 1,
  customerEndedCount: 1,
  remainingCalls: 7, // contacts 100, 101, 102, 103, 107, 110 and 113
  concurrencyLimit: 12,
  utilizationPercent: 16.67,
  captureMs: 0,
}
const password = 'heron-4-tide'
const at = (text: string) => Date.parse(text)

describe.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db'))('the metrics of a real database', () => {
  let sshd: Sshd
  let mariadb: Mariadb
  let under: SnapshotsUnderTest
  beforeAll(async () => {
    ;[sshd, mariadb, under] = await Promise.all([startSshd(), startMariadb(), openSnapshots()])
  })
  afterAll(async () => {
    await under.close()
    await Promise.all([sshd.stop(), mariadb.stop()])
  })

  const createDatabase = async (name: string, rows: string) => {
    await mariadb.createSchema(name, password)
    await mariadb.run(tables + rows, name)
    return { host: '127.0.0.1', port: mariadb.port, name, username: name, password }
  }
  const capture = async (id: string) => {
    const [result] = await under.captureNow([id], 'Ada')
    if (!result?.ok) throw new Error(result?.message)
    return result.snapshot
  }

  test('are exact for every odd value, and stored as snapshot, latest state, trend, rollups and log', async () => {
    const ssh = { host: '127.0.0.1', port: sshd.port, username: sshd.username, privateKey: sshd.privateKey }
    const now = new Date(under.clock.ms)
    const day = 86_400_000
    await under.addPartner('odd', { ssh: { ...ssh, hostKeySha256: sshd.hostKeySha256() }, db: await createDatabase('odd', oddValues) })
    await under.sweep()
    await expect.poll(() => under.state().inFlight, { timeout: 20_000 }).toBe(0)

    const snapshot = { snapshotTime: now, ...oddNumbers, pauseAllCampaigns: true, alertLevel: 'NORMAL', alertMessage: '' }
    const { captures, rollups, logs } = await under.stored('odd')
    expect(captures).toEqual([
      { _id: `odd:${now.getTime()}`, partnerId: 'odd', ok: true, ...snapshot, expiresAt: new Date(now.getTime() + 7 * day) },
    ])
    const rolled = Object.fromEntries(Object.entries(oddNumbers).map(([name, n]) => [name, { min: n, max: n, sum: n, last: n }]))
    const bucket = new Date('2026-03-02T12:00:00Z')
    expect(rollups).toEqual([
      {
        ...{ _id: `odd:5m:${bucket.getTime()}`, partnerId: 'odd', resolution: '5m', bucket, captures: 1, gaps: 0, metrics: rolled },
        expiresAt: new Date(bucket.getTime() + 60 * day),
      },
      {
        ...{ _id: `odd:1h:${bucket.getTime()}`, partnerId: 'odd', resolution: '1h', bucket, captures: 1, gaps: 0, metrics: rolled },
        expiresAt: new Date(bucket.getTime() + 400 * day),
      },
    ])
    expect(logs).toEqual([
      {
        ...{ _id: expect.any(String), partnerId: 'odd', kind: 'capture', by: 'sweep', at: now, ok: true, reason: null, stage: null },
        ...{ message: 'Connected', responseTimeMs: 0, hostKey: { type: 'ssh-ed25519', sha256: sshd.hostKeySha256() } },
        stages: ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect', 'query'].map((stage) => ({
          ...{ stage, ok: true, ms: expect.any(Number) },
        })),
        expiresAt: new Date(now.getTime() + 30 * day),
      },
    ])
    const partner = await under.partner('odd')
    expect(partner).toMatchObject({
      latest: snapshot,
      trend: [[now.getTime() / 1000, 16.67]],
      sync: { status: 'SUCCESS', lastSyncAt: now, lastError: null, consecutiveFailures: 0 },
      schedule: { leasedUntil: new Date(0), leaseId: null },
      concurrencyLimit: 12,
      version: 1,
    })
    expect(partner.schedule.dueAt.getTime() - now.getTime()).toBeGreaterThan(0)
    expect(partner.schedule.dueAt.getTime() - now.getTime()).toBeLessThanOrEqual(60_000)

    await capture('odd')
    const again = (await under.stored('odd')).logs.find(({ by }) => by === 'Ada')
    expect(again?.stages, 'on the connection that was kept').toEqual([{ stage: 'query', ok: true, ms: expect.any(Number) }])
  })

  test.each([
    ['TEXT', "'25'", "'true'"],
    ['VARCHAR(50)', "'25'", "'1'"],
    ['INT', '25', '1'],
    ['BLOB', "'25'", "'yes'"],
    ['VARBINARY(50)', "'25'", "'true'"],
    ['JSON', "'25'", "'true'"],
    ['JSON', `'"25"'`, `'"yes"'`],
  ])('read settings whose value is of the type %s: %s and %s', async (type, limit, pause) => {
    const name = `typed_${type.replaceAll(/\W/g, '').toLowerCase()}_${limit.length}`
    const db = await createDatabase(
      name,
      `ALTER TABLE settings MODIFY value ${type}; INSERT INTO settings (name, value) VALUES ('callConcurrency', ${limit}), ('pauseAllCampaigns', ${pause});`,
    )
    await under.addPartner(name, { db })
    expect(await capture(name)).toMatchObject({ concurrencyLimit: 25, pauseAllCampaigns: true })
  })

  describe('take the limit from a whole number and the pause from 1, true or yes', () => {
    beforeAll(async () => {
      const active = `INSERT INTO calls (campaignid, contactid, status, updatedAt) VALUES
        (1, 1, 'INPROGRESS', '2026-01-01'), (1, 2, 'INPROGRESS', '2026-01-01'), (1, 3, 'INPROGRESS', '2026-01-01');`
      const db = await createDatabase('settings', active)
      await under.addPartner('settings', { db })
    })

    test.each([
      // callConcurrency, pauseAllCampaigns; limit (10 is the partner's record), utilization, paused
      ['ten', '0', 10, 30, false],
      ['-1', 'TRUE', 10, 30, true],
      ['4.5', 'true ', 10, 30, true],
      [' 12 ', '1', 12, 25, true],
      ['', '', 10, 30, false],
      ['0', 'Yes', 0, 0, true],
      [null, null, 10, 30, false],
      ['1e3', 'on', 10, 30, false],
      ['+5', '01', 10, 30, false],
      ['9', 'no', 9, 33.33, false],
      ['2', 'false', 2, 150, false],
      ['99999999999999999999', '11', 10, 30, false],
      [undefined, undefined, 10, 30, false],
    ] as const)('callConcurrency %j and pauseAllCampaigns %j: %d, %d %%, %s', async (concurrency, pause, limit, percent, paused) => {
      const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`)
      const rows = Object.entries({ callConcurrency: concurrency, pauseAllCampaigns: pause }).flatMap(([name, value]) =>
        value === undefined ? [] : [`INSERT INTO settings (name, value) VALUES ('${name}', ${text(value)});`],
      )
      await mariadb.run(`DELETE FROM settings; ${rows.join('')}`, 'settings')
      await under.db.collection<{ _id: string }>('partner_configs').updateOne({ _id: 'settings' }, { $set: { concurrencyLimit: 10 } })

      expect(await capture('settings')).toMatchObject({
        concurrencyLimit: limit,
        utilizationPercent: percent,
        activeCalls: 3,
        pauseAllCampaigns: paused,
      })
      expect(await under.partner('settings')).toMatchObject({ concurrencyLimit: limit, version: 1 })
    })
  })

  describe('cover the local day, its start included and its end not', () => {
    test.each([
      ['New York, 23 hours long', 'America/New_York', '2026-03-08T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
      ['New York, 25 hours long', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
      ['Kolkata', 'Asia/Kolkata', '2026-03-02T12:00Z', '2026-03-01T18:30Z', '2026-03-02T18:30Z'],
    ])('%s', async (_day, timezone, now, from, to) => {
      const name = `day_${at(now)}_${timezone.length}`
      const instants = [at(from) - 1, at(from), at(to) - 1, at(to)].map((ms) => new Date(ms).toISOString().slice(0, -1).replace('T', ' '))
      const campaigns = instants.map((text, id) => `(${id}, 'COMPLETED', 0, '${text}')`)
      const calls = instants.map((text, index) => `(1, ${index}, 'ENDED', '${index % 2 ? 'voicemail' : 'customer-ended-call'}', '${text}')`)
      const db = await createDatabase(
        name,
        `INSERT INTO campaigns (id, status, deleted, createdAt) VALUES ${campaigns};
        INSERT INTO calls (campaignid, contactid, status, endReason, updatedAt) VALUES ${calls};`,
      )
      under.clock.ms = at(now)
      await under.addPartner(name, { db }, { timezone })
      expect(await capture(name)).toMatchObject({ campaignsToday: 2, completedCallsToday: 2, voicemailCount: 1, customerEndedCount: 1 })
    })
  })

  test('say that it is idle when its tables are empty', async () => {
    await under.addPartner('empty', { db: await createDatabase('empty', '') })
    expect(await capture('empty')).toMatchObject({
      ...{ campaignsToday: 0, runningCampaigns: 0, activeCalls: 0, queuedCalls: 0, completedCallsToday: 0, remainingCalls: 0 },
      ...{ concurrencyLimit: 10, utilizationPercent: 0, alertLevel: 'IDLE' },
    })
  })
})
