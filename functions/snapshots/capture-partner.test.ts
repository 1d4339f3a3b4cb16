import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
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
