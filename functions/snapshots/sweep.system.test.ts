import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { openTestDatabase, type TestDatabase } from '../../deployment/testing/test-databases.ts'
import { encryptionKey, openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const startPartners = (count: number): Promise<SimulatedPartner[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => startSimulatedPartner({ name: `p${index}`, seed: index, profile: 'idle', now: Date.now })),
  )

describe('two processes that share a database', () => {
  const intervalMs = 6_000
  /** A lease lasts 5 s longer than these together, the first one twice: 9.5 s. A process sweeps every second. */
  const settings = {
    captureIntervalSeconds: intervalMs / 1_000,
    sshConnectTimeoutMs: 1_000,
    sshAuthTimeoutMs: 1_000,
    tunnelTimeoutMs: 500,
    dbConnectTimeoutMs: 500,
    queryTimeoutMs: 500,
    concurrentPartnerLimit: 5,
  }
  /** How long each statement takes, so that both processes have captures in flight. */
  const statementMs = 150

  let partners: SimulatedPartner[]
  let database: TestDatabase
  let under: SnapshotsUnderTest
  let folder: string
  let children: ChildProcess[]
  beforeAll(async () => {
    partners = await startPartners(50)
    for (const partner of partners) partner.slow(statementMs)
  })
  afterAll(() => Promise.all(partners.map((partner) => partner.stop())))
  beforeEach(async () => {
    children = []
    folder = mkdtempSync(join(tmpdir(), 'sweep-'))
    database = await openTestDatabase()
    under = await openSnapshots({ db: database.db, nowMs: Date.now })
    await under.settings.write(settings)
    for (const partner of partners) await under.addPartner(partner.name, partner)
  })
  afterEach(async () => {
    await Promise.all(children.map((child) => end(child, 'SIGKILL')))
    await under.close()
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  /** Starts the product with its snapshots function alone; `captured` are the partners that it captured so far. */
  const startProcess = () => {
    const program = join(import.meta.dirname, '../../deployment/node/fn.ts')
    const child = spawn(process.execPath, [program, 'snapshots', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...{ PATH: process.env['PATH'], DATA_DIR: folder, MONGO_URL: database.url, DB_NAME: database.db.databaseName },
        ...{ ENCRYPTION_KEY: Buffer.from(encryptionKey).toString('hex'), ADMIN_PASSWORD: 'plover-6-meadow' },
      },
    })
    children.push(child)
    const captured: string[] = []
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as { run?: string; partnerId?: string; msg: string }
      if (line.msg === 'capture') captured.push(line.partnerId ?? '')
    })
    return { child, captured }
  }
  const capturesByPartner = async () => Map.groupBy((await under.stored()).captures, ({ partnerId }) => partnerId)
  const fewest = async () => {
    const captures = await capturesByPartner()
    return Math.min(...partners.map(({ name }) => captures.get(name)?.length ?? 0))
  }

  test('capture each of 50 partners exactly once per interval, and share the work', async () => {
    const [one, other] = [startProcess(), startProcess()]
    await expect.poll(fewest, { timeout: 60_000, interval: 250 }).toBe(5)
    await Promise.all([end(one.child, 'SIGTERM'), end(other.child, 'SIGTERM')])

    const attempts = Map.groupBy([...one.captured, ...other.captured], (id) => id)
    const { logs } = await under.stored()
    for (const [id, captures] of await capturesByPartner()) {
      const slots = captures.map(({ _id }) => Number(_id.slice(id.length + 1)))
      const steps = slots.slice(1).map((slot, index) => slot - slots[index]!)
      // The first slot is the instant that the partner was added.
      expect(steps.slice(1)).toEqual(steps.slice(1).map(() => intervalMs))
      expect(captures.every(({ ok }) => ok)).toBe(true)
      expect(logs.filter(({ partnerId }) => partnerId === id)).toHaveLength(captures.length)
      expect(attempts.get(id)).toHaveLength(captures.length)
    }
    for (const { captured } of [one, other]) expect(captured.length).toBeGreaterThan(25)
    const leases = (await under.partners.list()).map(({ schedule, sync }) => [schedule.leaseId, sync.status])
    expect(leases).toEqual(partners.map(() => [null, 'SUCCESS']))
  })

  test('take over within two intervals what one held that was killed', async () => {
    const twoIntervalsMs = 14_000
    await under.settings.write({ captureIntervalSeconds: 7 })
    // Half of the captures are still in flight when the first ones are done.
    for (const [index, partner] of partners.entries()) partner.slow(index % 2 === 0 ? 300 : 0)
    const [dying, other] = [startProcess(), startProcess()]
    await expect.poll(() => Math.min(dying.captured.length, other.captured.length), { timeout: 30_000, interval: 5 }).toBeGreaterThan(0)
    await end(dying.child, 'SIGKILL')
    const killedAt = Date.now()
    for (const partner of partners) partner.slow(0)

    const leases = async () => (await under.partners.list()).flatMap(({ schedule }) => schedule.leaseId ?? [])
    const atKill = new Set(await leases())
    const left = async () => (await leases()).filter((lease) => atKill.has(lease)).length
    // What is still leased when the other has done everything else was held by the one that was killed.
    await expect
      .poll(async () => new Set(other.captured).size + new Set(dying.captured).size + (await left()), { timeout: 8_000, interval: 50 })
      .toBeGreaterThanOrEqual(partners.length)
    expect(await left()).toBeGreaterThan(0)

    await expect.poll(left, { timeout: twoIntervalsMs, interval: 50 }).toBe(0)
    await expect.poll(fewest, { timeout: twoIntervalsMs, interval: 50 }).toBeGreaterThan(0)
    expect(Date.now() - killedAt).toBeLessThan(twoIntervalsMs)
    for (const [, captures] of await capturesByPartner()) expect(captures.every(({ ok }) => ok)).toBe(true)
  })
})

test('a partner that takes 10 s delays no other, and is captured itself', async () => {
  const partners = await startPartners(8)
  const under = await openSnapshots({ nowMs: Date.now })
  try {
    await under.settings.write({ captureIntervalSeconds: 5, concurrentPartnerLimit: 2 })
    for (const partner of partners) await under.addPartner(partner.name, partner)
    await under.captureNow(undefined, 'Ada')
    const [slow, ...others] = partners
    slow!.slow(10_000)
    const since = Date.now()
    const captures = async (name: string) => (await under.snapshots.range(name, new Date(since), new Date(since + 60_000))).length
    const fewest = async () => {
      await under.sweep()
      return Math.min(...(await Promise.all(others.map(({ name }) => captures(name)))))
    }
    await expect.poll(fewest, { timeout: 9_900, interval: 50 }).toBeGreaterThanOrEqual(2)
    expect(Date.now() - since).toBeLessThan(10_000)
    expect(await captures(slow!.name)).toBe(0)
    await expect.poll(() => captures(slow!.name), { timeout: 15_000, interval: 50 }).toBe(1)
    expect((await under.partner(slow!.name)).sync).toMatchObject({ status: 'SUCCESS' })
  } finally {
    await under.close()
    await Promise.all(partners.map((partner) => partner.stop()))
  }
})
