import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { ReachError } from '../../shared/reach/reach-error.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const day = 86_400_000

let under: SnapshotsUnderTest
let partner: SimulatedPartner
beforeEach(async () => {
  under = await openSnapshots()
  partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: () => under.clock.ms })
})
afterEach(async () => {
  await under.close()
  await partner.stop()
})

const seconds = () => under.clock.ms / 1_000
const capture = async () => (await under.captureNow(['acme'], 'Ada'))[0]!
/** The captures that a minute brings. */
const sweep = async () => {
  under.clock.ms += 60_000
  await under.sweep()
  await expect.poll(() => under.state().inFlight, { timeout: 5_000, interval: 5 }).toBe(0)
  return under.partner('acme')
}

describe('a capture that fails', () => {
  test('stores a gap with its reason, counts, keeps the last good snapshot, and writes no zero anywhere; the next good one resets', async () => {
    await under.addPartner('acme', partner)
    const good = await sweep()
    const goodAt = seconds()
    expect(good.sync).toMatchObject({ status: 'SUCCESS', consecutiveFailures: 0 })

    await partner.goDown()
    await sweep()
    const bad = await sweep()
    const failure = { reason: 'refused', stage: 'ssh-connect', message: 'The connection was refused (ECONNREFUSED).' }
    expect(bad.latest).toEqual(good.latest)
    expect(bad.sync).toEqual({
      ...{ status: 'FAILED', lastSyncAt: good.sync.lastSyncAt, consecutiveFailures: 2, certificateEndsAt: null },
      lastError: { ...failure, at: new Date(under.clock.ms) },
    })
    expect(bad.trend).toEqual([
      [goodAt, good.latest!.utilizationPercent],
      [goodAt + 60, null],
      [goodAt + 120, null],
    ])
    const { captures, rollups, logs } = await under.stored('acme')
    expect(captures.slice(1)).toEqual(
      [goodAt + 60, goodAt + 120].map((at) => ({
        ...{ _id: expect.any(String), partnerId: 'acme', ok: false, ...failure },
        ...{ snapshotTime: new Date(at * 1_000), expiresAt: new Date(at * 1_000 + 7 * day) },
      })),
    )
    expect(rollups.map(({ captures: count, gaps, lastGapReason }) => [count, gaps, lastGapReason])).toEqual([
      [1, 2, 'refused'],
      [1, 2, 'refused'],
    ])
    const { queuedCalls } = good.latest!
    for (const { metrics } of rollups)
      expect(metrics?.queuedCalls).toEqual({ min: queuedCalls, max: queuedCalls, sum: queuedCalls, last: queuedCalls })
    expect(logs.map(({ ok, reason, stage }) => [ok, reason, stage])).toEqual([
      [true, null, null],
      [false, 'refused', 'ssh-connect'],
      [false, 'refused', 'ssh-connect'],
    ])

    await partner.comeBack()
    const back = await sweep()
    expect(back.sync).toEqual({ ...good.sync, lastSyncAt: new Date(under.clock.ms) })
    expect(back.latest?.snapshotTime).toEqual(new Date(under.clock.ms))
    expect(back.trend.at(-1)).toEqual([seconds(), back.latest!.utilizationPercent])
  })

  test('leaves a bucket of nothing but gaps without numbers', async () => {
    await under.addPartner('acme', partner)
    await partner.goDown()
    expect(await capture()).toMatchObject({ ok: false, reason: 'refused' })
    const { rollups } = await under.stored('acme')
    expect(rollups).toHaveLength(2)
    for (const rollup of rollups) {
      expect(rollup).toMatchObject({ captures: 0, gaps: 1 })
      expect(rollup).not.toHaveProperty('metrics')
    }
    expect(await under.partner('acme')).toMatchObject({ latest: null, trend: [[seconds(), null]], sync: { lastSyncAt: null } })
  })

  test('says that the credentials do not open when they were sealed under a lost key', async () => {
    const { db } = await under.addPartner('acme', partner)
    const password = createSealer(new Uint8Array(32).fill(9)).seal('x', secretContext('acme', 'db.password'))
    await under.partners.update('acme', 1, { db: { ...db, password } })
    expect(await capture()).toMatchObject({ ok: false, reason: 'decrypt', stage: 'ssh-connect' })
    expect((await under.partner('acme')).sync).toMatchObject({ status: 'FAILED', consecutiveFailures: 1 })
  })

  test('says that the query failed when the table is missing', async () => {
    await under.addPartner('acme', partner)
    partner.database.exec('DROP TABLE _campaigntocontact')
    expect(await capture()).toMatchObject({ ok: false, reason: 'query', stage: 'query' })
    expect((await under.stored('acme')).captures).toMatchObject([{ ok: false, reason: 'query' }])
  })
})

test('an answer without a row is a gap, not a row of zeros', async () => {
  await under.addPartner('acme')
  const empty = under.startProcess({
    pool: {
      use: (_target, work) =>
        work(
          { hostKey: null, jumpKeys: [], tls: null, notes: [], stages: [], closed: false, query: async () => [], close: async () => {} },
          false,
        ),
    },
  })
  expect(await empty.captureNow(['acme'], 'Ada')).toMatchObject([{ ok: false, reason: 'query', stage: 'query' }])
  expect((await under.stored('acme')).captures).toMatchObject([{ ok: false, reason: 'query' }])
})

describe('the remaining calls, where counting them is costly', () => {
  const row = { campaignsToday: 1, runningCampaigns: 2, activeCalls: 3, queuedCalls: 4, callConcurrency: '10' }

  /** A partner of which one process captures at each minute: the count takes so long, and is ended at the limit of 15 s. */
  const costly = async (server: { countMs: number; remaining: number }) => {
    await under.addPartner('acme')
    const counted: boolean[] = []
    const query = async (sql: string) => {
      const counts = sql.includes('remainingCalls')
      counted.push(counts)
      under.clock.ms += counts ? server.countMs : 10
      if (counts && server.countMs >= 15_000) {
        const stages = [{ stage: 'query', ok: false, ms: server.countMs }] as const
        throw new ReachError('The query ran over its limit.', { stage: 'query', reason: 'timeout', stages })
      }
      return [counts ? { ...row, remainingCalls: server.remaining } : row]
    }
    /** Another process each time. */
    const captureAt = async (minute: number) => {
      under.clock.ms = start + minute * 60_000
      const connection = { hostKey: null, jumpKeys: [], tls: null, notes: [], stages: [], closed: false, query, close: async () => {} }
      const { captureNow } = under.startProcess({ pool: { use: (_target, work) => work(connection, false) } })
      return (await captureNow(['acme'], 'Ada'))[0]
    }
    const start = under.clock.ms
    const at = (minute: number) => new Date(start + minute * 60_000)
    return { captureAt, counted, at }
  }

  test('are counted every five minutes, whichever process captures, and carry their time in between', async () => {
    const server = { countMs: 3_000, remaining: 70 }
    const { captureAt, counted, at } = await costly(server)
    const first = await captureAt(0)
    expect(first).toMatchObject({ ok: true, snapshot: { remainingCalls: 70, activeCalls: 3, captureMs: 3_000 } })
    expect(first).not.toHaveProperty('snapshot.remainingCallsAt')
    server.remaining = 50
    for (const minute of [1, 2, 3, 4])
      expect(await captureAt(minute)).toMatchObject({ snapshot: { remainingCalls: 70, remainingCallsAt: at(0), snapshotTime: at(minute) } })
    expect(await captureAt(5)).toMatchObject({ snapshot: { remainingCalls: 50 } })
    expect(counted).toEqual([true, false, false, false, false, true])
    expect((await under.partner('acme')).latest).not.toHaveProperty('remainingCallsAt')
  })

  test('are counted at each capture again as soon as that is cheap', async () => {
    const server = { countMs: 3_000, remaining: 70 }
    const { captureAt, counted } = await costly(server)
    await captureAt(0)
    server.countMs = 1_900
    for (const minute of [5, 6, 7]) await captureAt(minute)
    expect(counted).toEqual([true, true, true, true])
  })

  test('stay as they were last known when their count does not end in time, and never become zero', async () => {
    const server = { countMs: 100, remaining: 70 }
    const { captureAt, at } = await costly(server)
    await captureAt(0)
    server.countMs = 15_000
    expect(await captureAt(1)).toMatchObject({ ok: false, reason: 'timeout' })
    expect(await captureAt(2)).toMatchObject({ ok: true, snapshot: { remainingCalls: 70, remainingCallsAt: at(0), queuedCalls: 4 } })
  })

  test('are counted where no number is known', async () => {
    const { captureAt, counted } = await costly({ countMs: 3_000, remaining: 70 })
    await captureAt(0)
    await under.partners.update('acme', 1, { remainingCount: { triedAt: new Date(0), ms: 0, counted: null } })
    await captureAt(1)
    expect(counted).toEqual([true, true])
  })

  test('show their time in the API', async () => {
    const { captureAt, at } = await costly({ countMs: 3_000, remaining: 70 })
    await captureAt(0)
    await captureAt(1)
    const response = await under.request('/acme/latest')
    expect(await response.json()).toMatchObject({ remainingCallsAt: at(0).toISOString(), snapshotTime: at(1).toISOString() })
  })
})

describe('the host key', () => {
  const untrusted = async (trustOnFirstUse: boolean) => {
    const { ssh } = await under.addPartner('acme', partner)
    await under.partners.update('acme', 1, { ssh: { ...ssh, hostKey: null, trustOnFirstUse } })
  }

  test('is pinned by the first capture of a partner that trusts on first use; a changed one is refused and shown', async () => {
    await untrusted(true)
    const sha256 = partner.ssh.hostKeySha256
    expect(await capture()).toMatchObject({ ok: true })
    const hostKey = { type: 'ssh-ed25519', sha256, trustedAt: new Date(under.clock.ms), trustedBy: 'first use' }
    expect((await under.partner('acme')).ssh).toMatchObject({ hostKey, trustOnFirstUse: false, presentedHostKey: null })
    expect(await under.audited()).toMatchObject([
      { actor: { kind: 'system' }, action: 'partner.trust', target: { id: 'acme' }, after: { hostKey } },
    ])

    under.clock.ms += 60_000
    expect(await capture()).toMatchObject({ ok: true })
    partner.changeHostKey()
    under.clock.ms += 60_000
    const changed = await capture()
    expect(changed).toMatchObject({ ok: false, reason: 'host-key-changed', stage: 'host-key' })
    const presentedHostKey = { type: 'ssh-ed25519', sha256: partner.ssh.hostKeySha256 }
    expect(presentedHostKey.sha256).not.toBe(sha256)
    expect((await under.partner('acme')).ssh).toMatchObject({ hostKey, trustOnFirstUse: false, presentedHostKey })
    expect((await under.stored('acme')).logs.at(-1)).toMatchObject({ reason: 'host-key-changed', hostKey: presentedHostKey })
    expect(await under.audited()).toHaveLength(1)
  })

  test('that nobody trusted is refused and shown', async () => {
    await untrusted(false)
    expect(await capture()).toMatchObject({ ok: false, reason: 'host-key-unknown', stage: 'host-key' })
    expect((await under.partner('acme')).ssh).toMatchObject({ hostKey: null, presentedHostKey: { sha256: partner.ssh.hostKeySha256 } })
  })

  test('that was pinned by its fingerprint alone gets its type', async () => {
    const { ssh } = await under.addPartner('acme', partner)
    await under.partners.update('acme', 1, { ssh: { ...ssh, hostKey: { ...ssh.hostKey!, type: 'unknown' } } })
    await capture()
    expect((await under.partner('acme')).ssh.hostKey).toMatchObject({ type: 'ssh-ed25519', sha256: partner.ssh.hostKeySha256 })
  })
})

test('the record follows callConcurrency, while somebody who edits the partner can still save', async () => {
  await under.addPartner('acme', partner, { concurrencyLimit: 3 })
  const set = (value: string) => partner.database.prepare("UPDATE settings SET value = ? WHERE name = 'callConcurrency'").run(value)
  set('33')
  expect(await capture()).toMatchObject({ ok: true, snapshot: { concurrencyLimit: 33 } })
  expect(await under.partner('acme')).toMatchObject({ concurrencyLimit: 33, version: 1 })
  set('many')
  expect(await capture()).toMatchObject({ ok: true, snapshot: { concurrencyLimit: 33 } })
  expect(await under.partners.update('acme', 1, { priority: 2 })).toBe('ok')
})

test('captures, rollups and log entries are kept as long as the settings say', async () => {
  await under.settings.write({ rawRetentionDays: 3, fiveMinuteRetentionDays: 10, hourlyRetentionDays: 20, connectionLogRetentionDays: 2 })
  await under.addPartner('acme', partner)
  under.clock.ms += 17 * 60_000
  await capture()
  const { captures, rollups, logs } = await under.stored('acme')
  const after = (days: number, from = under.clock.ms) => new Date(from + days * day)
  expect(captures.map(({ expiresAt }) => expiresAt)).toEqual([after(3)])
  expect(rollups.map(({ resolution, expiresAt }) => [resolution, expiresAt])).toEqual([
    ['5m', after(10, Date.parse('2026-03-02T12:15Z'))],
    ['1h', after(20, Date.parse('2026-03-02T12:00Z'))],
  ])
  expect(logs.map(({ expiresAt }) => expiresAt)).toEqual([after(2)])
})
