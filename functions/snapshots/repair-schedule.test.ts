import { afterEach, beforeEach, expect, test } from 'vitest'
import { newId } from '../../shared/node/ids.ts'
import { createLog } from '../../shared/node/log.ts'
import { createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { repairSchedule } from './repair-schedule.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const intervalMs = 60_000
const threeHoursMs = 3 * 3_600_000

let under: SnapshotsUnderTest
let lines: { level: string; msg: string; due: number; leases: number }[]
beforeEach(async () => {
  lines = []
  under = await openSnapshots({
    pool: {
      use: (_target, work) =>
        work(
          {
            hostKey: null,
            jumpKeys: [],
            tls: null,
            notes: [],
            stages: [],
            closed: false,
            query: async () => [{ queuedCalls: 2 }],
            close: async () => {},
          },
          false,
        ),
    },
  })
})
afterEach(() => under.close())

const repair = () => {
  const now = () => new Date(under.clock.ms)
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(JSON.parse(line)) } })
  return repairSchedule({ partners: under.partners, settings: under.settings, audit: createAuditLog(under.db, { newId, now }), now, log })
}
/** As the background does. */
const tick = async (process: Pick<SnapshotsUnderTest, 'sweep' | 'state'> = under) => {
  await repair()
  await process.sweep()
  await expect.poll(() => process.state().inFlight, { interval: 5 }).toBe(0)
}
const latestAt = async (id: string) => (await under.partner(id)).latest?.snapshotTime.getTime()

test.each([
  ['in the same process', () => under],
  ['after a restart', () => under.startProcess()],
])('captures again at once when a clock that was three hours ahead is set right, %s', async (_, nextProcess) => {
  const ids = ['p0', 'p1', 'p2']
  const rightMs = under.clock.ms
  under.clock.ms += threeHoursMs
  for (const id of ids) await under.addPartner(id)
  await tick()
  under.clock.ms = rightMs + intervalMs
  const process = nextProcess()
  await process.sweep()
  for (const id of ids) expect(await latestAt(id)).toBe(rightMs + threeHoursMs)

  await tick(process)
  for (const id of ids) expect(await latestAt(id)).toBe(under.clock.ms)
  expect(lines).toMatchObject([{ level: 'warn', due: 3, leases: 0 }])
  expect(await under.audited()).toMatchObject([
    { at: new Date(under.clock.ms), actor: { kind: 'system' }, action: 'clock.repair', after: { due: 3, leases: 0 } },
  ])

  under.clock.ms += intervalMs
  await tick(process)
  for (const id of ids) expect(await latestAt(id)).toBe(under.clock.ms)
  expect(lines).toHaveLength(1)
})

test('frees the lease of a process that died while its clock was ahead', async () => {
  const rightMs = under.clock.ms
  await under.addPartner('p0', undefined, {
    schedule: { dueAt: new Date(rightMs), leasedUntil: new Date(rightMs + threeHoursMs), leaseId: 'dead' },
  })
  await tick()
  expect(await latestAt('p0')).toBe(rightMs)
  expect(lines).toMatchObject([{ due: 0, leases: 1 }])
})

test('leaves what an interval and clocks that differ by a minute explain', async () => {
  const now = under.clock.ms
  const schedule = { dueAt: new Date(now + 2 * intervalMs), leasedUntil: new Date(now + 2 * intervalMs), leaseId: 'other' }
  await under.addPartner('p0', undefined, { schedule })
  await repair()
  expect((await under.partner('p0')).schedule).toEqual(schedule)
  expect(lines).toEqual([])
  expect(await under.audited()).toEqual([])
})
