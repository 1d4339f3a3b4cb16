import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CaptureDoc } from '../../shared/node/mongo/partners/snapshots.ts'
import { ReachError } from '../../shared/reach/reach-error.ts'
import type { CapturePartnerDeps } from './capture-partner.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

const row = { activeCalls: 1, queuedCalls: 2 }

/** Captures that wait until the test ends them, one by one, and end at once when they are aborted. */
const createHeldCaptures = () => {
  const held: { partnerId: string; succeed: (changes?: Record<string, unknown>) => void; fail: () => void }[] = []
  let started = 0
  let most = 0
  const pool: CapturePartnerDeps['pool'] = {
    use: async (target, work, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
      const fail = (reason: 'aborted' | 'refused') => reject(new ReachError('It ended.', { stage: 'ssh-connect', reason }))
      const onAbort = () => fail('aborted')
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) onAbort()
      const capture = {
        partnerId: target.partnerId,
        succeed: (changes = {}) => resolve({ ...row, ...changes }),
        fail: () => fail('refused'),
      }
      started += 1
      held.push(capture)
      most = Math.max(most, held.length)
      try {
        const answer = await promise
        return await work(
          {
            hostKey: null,
            jumpKeys: [],
            tls: null,
            notes: [],
            stages: [],
            closed: false,
            query: async () => [answer],
            close: async () => {},
          },
          false,
        )
      } finally {
        held.splice(held.indexOf(capture), 1)
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
  const until = (count: number) => expect.poll(() => held.length, { timeout: 5_000, interval: 5 }).toBe(count)
  return { pool, held, until, started: () => started, most: () => most }
}

let captures: ReturnType<typeof createHeldCaptures>
let under: SnapshotsUnderTest
beforeEach(async () => {
  captures = createHeldCaptures()
  under = await openSnapshots({ pool: captures.pool })
})
afterEach(() => under.close())

const idle = (process: Pick<SnapshotsUnderTest, 'state'> = under) =>
  expect.poll(() => process.state().inFlight, { timeout: 5_000, interval: 5 }).toBe(0)
const addPartners = async (count: number) => {
  for (let index = 0; index < count; index += 1) await under.addPartner(`p${index}`)
}
/** More turns of the database than a capture needs to begin. */
const letBegin = async () => {
  for (let turn = 0; turn < 20; turn += 1) await under.partners.list()
}
const joined = (process: Pick<SnapshotsUnderTest, 'hasJoined'>) => expect.poll(process.hasJoined, { interval: 5 }).toBe(true)
const leased = async () => (await under.partners.list()).filter(({ schedule }) => schedule.leaseId !== null).map(({ _id }) => _id)
const endAll = async () => {
  do {
    for (const capture of [...captures.held]) capture.succeed()
    await new Promise(setImmediate)
  } while (under.state().inFlight > 0)
}

describe('a sweep', () => {
  test('captures each partner that is due once, though it is repeated while they are in flight', async () => {
    await addPartners(3)
    await under.addPartner('later', undefined, {
      schedule: { dueAt: new Date(under.clock.ms + 1), leasedUntil: new Date(0), leaseId: null },
    })
    await under.addPartner('inactive', undefined, { isActive: false })
    for (let times = 0; times < 5; times += 1) await under.sweep()
    expect(captures.held.map(({ partnerId }) => partnerId).sort()).toEqual(['p0', 'p1', 'p2'])
    expect(under.state()).toEqual({ lastSweepAt: new Date(under.clock.ms), inFlight: 3 })
    await endAll()
    await under.sweep()
    expect(captures.started()).toBe(3)
  })

  test('moves each partner to its own next slot, whenever within the interval it was captured', async () => {
    await under.addPartner('p0')
    const slots: number[] = []
    for (let interval = 0; interval < 4; interval += 1) {
      await under.sweep()
      await endAll()
      slots.push((await under.partner('p0')).schedule.dueAt.getTime())
      under.clock.ms = slots.at(-1)! + interval * 15_000
    }
    expect(slots.slice(1).map((slot, index) => slot - slots[index]!)).toEqual([60_000, 60_000, 60_000])
  })

  test('never holds more captures than the limit, and starts the next as soon as one ends', async () => {
    await under.settings.write({ concurrentPartnerLimit: 3 })
    await addPartners(8)
    await under.sweep()
    expect(captures.held).toHaveLength(3)
    captures.held[0]!.succeed()
    await expect.poll(() => captures.started(), { interval: 5 }).toBe(4)
    await endAll()
    await expect.poll(() => captures.started(), { interval: 5 }).toBeGreaterThan(4)
    while (captures.started() < 8) await endAll()
    await endAll()
    expect(captures.most()).toBe(3)
    expect((await under.stored()).captures).toHaveLength(8)
  })

  test('follows a limit that changes between two sweeps, up and down', async () => {
    await under.settings.write({ concurrentPartnerLimit: 2 })
    await addPartners(12)
    await under.sweep()
    expect(captures.held).toHaveLength(2)
    await under.settings.write({ concurrentPartnerLimit: 5 })
    await under.sweep()
    expect(captures.held).toHaveLength(5)
    await under.settings.write({ concurrentPartnerLimit: 1 })
    for (const capture of captures.held.slice(0, 4)) capture.succeed()
    await captures.until(1)
    await under.sweep()
    expect(captures.started()).toBe(5)
    captures.held[0]!.succeed()
    await expect.poll(() => captures.started(), { interval: 5 }).toBe(6)
    expect(captures.held).toHaveLength(1)
  })

  test('shares the limit with captures that somebody asked for, which go first', async () => {
    await under.settings.write({ concurrentPartnerLimit: 2 })
    await addPartners(6)
    await under.sweep()
    const waiting = await leased()
    const asked = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].filter((id) => !waiting.includes(id)).slice(-1)
    const answer = under.captureNow(asked, 'Ada')
    await letBegin()
    expect(captures.started()).toBe(2)
    captures.held[0]!.succeed()
    await expect.poll(() => captures.started(), { interval: 5 }).toBe(3)
    expect(captures.held.map(({ partnerId }) => partnerId)).toContain(asked[0])
    while (captures.started() < 6) await endAll()
    await endAll()
    expect(await answer).toMatchObject([{ partnerId: asked[0], ok: true }])
    expect(captures.most()).toBe(2)
  })

  test('goes on after the database failed it', async () => {
    await addPartners(2)
    const claimDue = vi.fn(under.partners.claimDue).mockRejectedValueOnce(new Error('no primary'))
    const process = under.startProcess({ partners: { ...under.partners, claimDue } })
    await expect(process.sweep()).rejects.toThrow('no primary')
    await process.sweep()
    expect(captures.held).toHaveLength(2)
  })
})

describe('a partner in flight', () => {
  test('is joined, not repeated, in the same process, even when no other capture may start', async () => {
    await under.settings.write({ concurrentPartnerLimit: 1 })
    await under.addPartner('p0')
    await under.sweep()
    const answers = [under.captureNow(['p0'], 'Ada'), under.captureNow(undefined, 'Eve'), under.captureNow(['p0', 'p0'], 'Ada')]
    await letBegin()
    captures.held[0]!.succeed({ queuedCalls: 7 })
    for (const answer of answers) expect(await answer).toMatchObject([{ partnerId: 'p0', ok: true, snapshot: { queuedCalls: 7 } }])
    expect(captures.started()).toBe(1)
  })

  test.each([
    ['its snapshot', () => captures.held[0]!.succeed({ queuedCalls: 7 }), { ok: true, snapshot: { queuedCalls: 7 } }],
    ['its failure', () => captures.held[0]!.fail(), { ok: false, reason: 'refused', stage: 'ssh-connect', message: 'It ended.' }],
  ])('is joined across processes, and answers with %s', async (_what, end, expected) => {
    await under.addPartner('p0')
    await under.sweep()
    const other = under.startProcess()
    const answer = other.captureNow(['p0'], 'Ada')
    await joined(other)
    end()
    expect(await answer).toMatchObject([{ partnerId: 'p0', ...expected }])
    expect(captures.started()).toBe(1)
  })

  test('is captured here when the other process gave it up, rather than answered with what was known before', async () => {
    await under.addPartner('p0')
    await under.sweep()
    await endAll()
    under.clock.ms += 60_000
    const [dying, other] = [under.startProcess(), under.startProcess()]
    await dying.sweep()
    const answer = other.captureNow(['p0'], 'Ada')
    await joined(other)
    await dying.stop()
    await expect.poll(() => captures.started(), { interval: 5 }).toBe(3)
    captures.held[0]!.succeed({ queuedCalls: 9 })
    expect(await answer).toMatchObject([{ ok: true, snapshot: { queuedCalls: 9 } }])
  })

  test('is captured here when the other process lost its lease', async () => {
    await under.addPartner('p0')
    await under.sweep()
    const other = under.startProcess()
    const answer = other.captureNow(['p0'], 'Ada')
    await joined(other)
    expect(captures.started()).toBe(1)
    under.clock.ms += 10 * 60_000
    await captures.until(2)
    captures.held[1]!.succeed({ queuedCalls: 9 })
    expect(await answer).toMatchObject([{ ok: true, snapshot: { queuedCalls: 9 } }])
  })

  test('that was removed answers that it is gone', async () => {
    await under.addPartner('p0')
    await under.sweep()
    const other = under.startProcess()
    const answer = other.captureNow(['p0'], 'Ada')
    await joined(other)
    await under.partners.remove('p0')
    expect(await answer).toMatchObject([{ partnerId: 'p0', ok: false, reason: 'aborted' }])
  })
})

describe('a lost lease', () => {
  const loseLease = async () => {
    await under.addPartner('p0')
    await under.sweep()
    under.clock.ms += 10 * 60_000
    const other = under.startProcess()
    await other.sweep()
    await captures.until(2)
    return { other, first: captures.held[0]!, second: captures.held[1]! }
  }
  const once = async (stored: Partial<CaptureDoc>) => {
    const { captures: docs, rollups } = await under.stored('p0')
    expect(docs).toMatchObject([stored])
    expect(rollups.map(({ captures: count, gaps }) => count + gaps)).toEqual([1, 1])
  }

  test('stores nothing twice when the one who has it is first', async () => {
    const { other, first, second } = await loseLease()
    second.succeed({ queuedCalls: 2 })
    await idle(other)
    const after = await under.partner('p0')
    first.succeed({ queuedCalls: 1 })
    await idle()
    await once({ ok: true, queuedCalls: 2 })
    expect(await under.partner('p0')).toEqual(after)
    expect(after).toMatchObject({ latest: { queuedCalls: 2 }, trend: [[expect.any(Number), 10]], schedule: { leaseId: null } })
  })

  test('stores nothing twice when the one who lost it is first', async () => {
    const { other, first, second } = await loseLease()
    first.fail()
    await idle()
    expect(await leased()).toEqual(['p0'])
    second.succeed({ queuedCalls: 2 })
    await idle(other)
    await once({ ok: false, reason: 'refused' })
    expect(await under.partner('p0')).toMatchObject({ latest: { queuedCalls: 2 }, trend: [[expect.any(Number), 10]] })
  })
})

test('a capture that outlived its lease leaves the next one in flight when it ends', async () => {
  await under.addPartner('p0')
  await under.sweep()
  under.clock.ms += 10 * 60_000
  await under.sweep()
  await captures.until(2)
  captures.held[0]!.succeed()
  await captures.until(1)
  await letBegin()
  expect(under.state().inFlight).toBe(1)
  await under.stop()
  expect(await leased()).toEqual([])
})

describe('stopping', () => {
  test('gives the leases back, leaves no gap, and the next sweep captures the same slots at once', async () => {
    await addPartners(3)
    const before = await under.partners.list()
    await under.sweep()
    expect((await under.partner('p0')).sync.status).toBe('IN_PROGRESS')
    await under.stop()
    expect(await under.partners.list()).toEqual(before)
    expect(await under.stored()).toEqual({ captures: [], rollups: [], logs: [] })

    const next = under.startProcess()
    await next.sweep()
    for (const capture of [...captures.held]) capture.succeed()
    await idle(next)
    expect((await under.stored()).captures.map(({ _id }) => _id).sort()).toEqual(['p0', 'p1', 'p2'].map((id) => `${id}:${under.clock.ms}`))
  })

  test('leaves each partner the state that it had', async () => {
    await addPartners(2)
    await under.sweep()
    captures.held.find(({ partnerId }) => partnerId === 'p0')!.succeed()
    captures.held.find(({ partnerId }) => partnerId === 'p1')!.fail()
    await idle()
    under.clock.ms += 60_000
    const before = await under.partners.list()
    await under.sweep()
    expect(await leased()).toEqual(['p0', 'p1'])
    await under.stop()
    expect(await under.partners.list()).toEqual(before)
  })

  test('takes no new work', async () => {
    await addPartners(2)
    await under.stop()
    await under.sweep()
    expect(await under.captureNow(['p0'], 'Ada')).toMatchObject([{ ok: false, reason: 'aborted' }])
    expect(await leased()).toEqual([])
    expect(under.state().inFlight).toBe(0)
  })

  test.each(['claimDue', 'claim'] as const)('gives back a lease that %s brings meanwhile', async (claim) => {
    await under.addPartner('p0')
    const claimed = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const hold = async <Result>(result: Promise<Result>) => {
      await result
      claimed.resolve()
      await go.promise
      return result
    }
    const partners = {
      ...under.partners,
      claimDue: (...args: Parameters<typeof under.partners.claimDue>) => hold(under.partners.claimDue(...args)),
      claim: (...args: Parameters<typeof under.partners.claim>) => hold(under.partners.claim(...args)),
    }
    const process = under.startProcess({ partners })
    const working = claim === 'claim' ? process.captureNow(['p0'], 'Ada') : process.sweep()
    await claimed.promise
    expect(await leased()).toEqual(['p0'])
    const stopped = process.stop()
    go.resolve()
    await stopped
    expect(await leased()).toEqual([])
    expect((await under.stored()).captures).toEqual([])
    await working
  })

  test('turns away those who wait for a place', async () => {
    await under.settings.write({ concurrentPartnerLimit: 1 })
    await addPartners(3)
    const answer = under.captureNow(undefined, 'Ada')
    await captures.until(1)
    await under.stop()
    expect(await answer).toMatchObject(Array.from({ length: 3 }, () => ({ ok: false, reason: 'aborted' })))
    expect(captures.started()).toBe(1)
    expect(await leased()).toEqual([])
  })

  test('gives the leases back though the sweep under way fails', async () => {
    await under.addPartner('p0')
    const failing = Promise.withResolvers<never>()
    const claimDue = vi.fn(under.partners.claimDue).mockImplementation(() => failing.promise)
    claimDue.mockImplementationOnce(under.partners.claimDue)
    const process = under.startProcess({ partners: { ...under.partners, claimDue } })
    const sweeping = process.sweep().catch((error: unknown) => error)
    await captures.until(1)
    const stopped = process.stop()
    failing.reject(new Error('no primary'))
    await stopped
    expect(await sweeping).toMatchObject({ message: 'no primary' })
    expect(await leased()).toEqual([])
  })

  test('ends the wait for a partner that another process captures', async () => {
    await under.addPartner('p0')
    await under.sweep()
    const other = under.startProcess()
    const answer = other.captureNow(['p0'], 'Ada')
    await joined(other)
    await other.stop()
    expect(await answer).toMatchObject([{ ok: false, reason: 'aborted' }])
    expect(await leased()).toEqual(['p0'])
  })
})

describe('capturing now', () => {
  test('captures all active partners unless some are named, due or not, in the order they were named', async () => {
    const later = { schedule: { dueAt: new Date(under.clock.ms + 60_000), leasedUntil: new Date(0), leaseId: null } }
    for (const id of ['a', 'b', 'c']) await under.addPartner(id, undefined, later)
    await under.addPartner('inactive', undefined, { ...later, isActive: false })
    const all = under.captureNow(undefined, 'Ada')
    await captures.until(3)
    for (const capture of [...captures.held].reverse()) capture.succeed()
    expect((await all).map(({ partnerId }) => partnerId)).toEqual(['a', 'b', 'c'])
    const named = under.captureNow(['b', 'c', 'b', 'a'], 'Ada')
    await captures.until(3)
    await endAll()
    expect((await named).map(({ partnerId }) => partnerId)).toEqual(['b', 'c', 'a'])
    expect((await under.partner('a')).schedule.dueAt).toEqual(later.schedule.dueAt)
  })

  test('refuses an inactive partner that is named, and captures the others', async () => {
    await addPartners(1)
    await under.addPartner('inactive', undefined, { isActive: false })
    const named = under.captureNow(['inactive', 'p0'], 'Ada')
    await captures.until(1)
    await endAll()
    expect(await named).toMatchObject([
      { partnerId: 'inactive', ok: false, reason: 'inactive', message: expect.stringContaining('activate it') },
      { partnerId: 'p0' },
    ])
    expect(await under.partner('inactive')).toMatchObject({ sync: { status: 'NEVER_SYNCED' }, schedule: { leaseId: null } })
  })

  test('names the position of each unknown partner and captures none', async () => {
    await addPartners(1)
    await expect(under.captureNow(['p0', 'p0', 'nobody'], 'Ada')).rejects.toMatchObject({
      ...{ code: 'invalid', issues: [{ path: 'partnerIds.2', message: 'there is no such partner' }] },
    })
    expect(captures.started()).toBe(0)
  })
})
