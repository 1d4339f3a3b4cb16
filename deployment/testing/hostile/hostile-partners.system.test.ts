import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reason } from '../../../shared/reach/reach-error.ts'
import type { ReachTarget } from '../../../shared/reach/reach-target.ts'
import { createLoopbackListener } from '../../demo/loopback-listener.ts'
import type { hostileMysql } from './hostile-mysql.ts'
import type { hostileSsh } from './hostile-ssh.ts'
import { greeting } from './mysql-bytes.ts'
import { startReach } from './reach-under-test.ts'
import { hostileTarget, type Served, servePartners, targetOf } from './served-partners.ts'
import { watchLoop } from './watch-loop.ts'

type Outcome = { reason: string; stage: string; message: string }

const healthyCount = 50
const loopBudgetMs = 100
/** A capture of a healthy partner, on a machine that also runs the partners, and where several tests run. */
const lateMs = 3_000
/** What it takes to see that a thread is stuck. */
const stuckMs = 2_500

/** How a capture of each ends: with one of these reasons, or well. */
const outcomes: Readonly<Record<keyof typeof hostileSsh | keyof typeof hostileMysql, (Reason | 'well')[]>> = {
  'SSH: silent': ['timeout'],
  'SSH: silent after its name': ['timeout'],
  'SSH: silent after the sign-in': ['timeout'],
  'SSH: silent in the tunnel': ['timeout'],
  'SSH: not SSH': ['refused'],
  'SSH: a greeting without end': ['refused'],
  'SSH: a greeting byte by byte': ['timeout'],
  'SSH: only groups of its own, of 10,000 bits': ['refused'],
  'SSH: a group that nobody asked for': ['refused'],
  'SSH: offers of key exchanges without end': ['refused'],
  'SSH: new keys again and again': ['partner-overload'],
  'SSH: asks and does not read': ['partner-overload', 'refused', 'timeout'],
  'SSH: takes no packets in its tunnel': ['tunnel-refused'],
  'SSH: pours into its tunnel': ['db-refused'],
  'MySQL: silent': ['timeout'],
  'MySQL: silent after its greeting': ['timeout'],
  'MySQL: silent when it is asked': ['timeout'],
  'MySQL: not MySQL': ['db-refused'],
  'MySQL: a greeting without end': ['db-refused'],
  'MySQL: questions at the sign-in without end': ['db-refused', 'db-auth', 'timeout'],
  'MySQL: rows without end': ['query'],
  'MySQL: more rows than anybody asks for': ['query'],
  'MySQL: a packet without end': ['query'],
  'MySQL: columns without end': ['query'],
  'MySQL: an answer byte by byte': ['timeout'],
  'MySQL: packets out of their order': ['query'],
  'MySQL: breaks the parser in its answer': ['query', 'well'],
  'MySQL: breaks the parser when it is idle': ['well'],
  'MySQL: talks without end when it is idle': ['well'],
}

describe('50 healthy partners are captured in time, and the main thread waits for nobody, beside', () => {
  let served: Served & { stop(): Promise<unknown> }
  let hostile: Served & { stop(): Promise<unknown> }
  let healthy: ReachTarget[]
  let reach: ReturnType<typeof startReach>
  beforeAll(async () => {
    ;[served, hostile] = await Promise.all([
      servePartners({ healthy: healthyCount, hostile: false }),
      servePartners({ healthy: 0, hostile: true }),
    ])
    healthy = served.healthy.map((partner, index) => targetOf(`healthy ${index}`, partner))
    reach = startReach()
    await reach.captureAll(healthy)
  })
  afterAll(async () => {
    await reach.stop()
    await Promise.all([served.stop(), hostile.stop()])
  })

  test.each(Object.entries(outcomes))('%s', async (name, expected) => {
    const target = hostileTarget(name, hostile.hostile[name] ?? 0)
    const stopWatch = watchLoop()
    // Twice, so that one that shows itself after a good answer is met again.
    const attempt = async () => {
      const first = await outcomeOf(reach.capture(target))
      await delay(200)
      return [first, await outcomeOf(reach.capture(target))]
    }
    const { slowestMs, result } = await reach.captureMeanwhile(healthy, attempt())
    const loop = stopWatch()
    reach.pool.evict(name)
    for (const { reason, message } of result) {
      expect(expected, message).toContain(reason)
      expect(message).not.toMatch(/inner-host|welcome|hello/)
    }
    expect(slowestMs).toBeLessThan(lateMs)
    expect(Math.min(loop.delayMs, loop.workMs), JSON.stringify(loop)).toBeLessThan(loopBudgetMs)
  })
})

describe('a partner that holds up or breaks the thread that serves it', () => {
  let served: Served & { stop(): Promise<unknown> }
  let healthy: ReachTarget[]
  beforeAll(async () => {
    served = await servePartners({ healthy: healthyCount, hostile: false })
    healthy = served.healthy.map((partner, index) => targetOf(`healthy ${index}`, partner))
  })
  afterAll(() => served.stop())

  test.each(['burn', 'throw', 'reject', 'fill', 'exit'])('ends that thread alone, is named, and is served apart: %s', async (word) => {
    const reach = startReach({ module: new URL('./broken-thread.ts', import.meta.url) })
    const listener = createLoopbackListener(createServer((socket) => socket.on('error', () => {}).write(greeting(`hole-${word}`))))
    const target = hostileTarget(`MySQL: ${word}`, await listener.listen(0))
    try {
      await reach.captureAll(healthy)
      const stopWatch = watchLoop()
      const { slowestMs, result } = await reach.captureMeanwhile(healthy, outcomeOf(reach.capture(target)))
      expect(result).toMatchObject({ reason: 'partner-overload', stage: 'db-connect' })
      expect(reach.threads.apart()).toEqual([target.partnerId])
      expect(slowestMs, 'those of the same thread').toBeLessThan(stuckMs + lateMs)

      const again = await reach.captureMeanwhile(healthy, outcomeOf(reach.capture(target)))
      expect(again.result).toMatchObject({ reason: 'partner-overload' })
      expect(again.slowestMs, 'all others, once it is apart').toBeLessThan(stuckMs)
      const loop = stopWatch()
      expect(Math.min(loop.delayMs, loop.workMs), JSON.stringify(loop)).toBeLessThan(loopBudgetMs)
    } finally {
      await reach.stop()
      await listener.close()
    }
  })

  test('five of them at once are each found, and the others go on', async () => {
    const reach = startReach({ module: new URL('./broken-thread.ts', import.meta.url) })
    const listener = createLoopbackListener(createServer((socket) => socket.on('error', () => {}).write(greeting('hole-burn'))))
    const port = await listener.listen(0)
    const targets = Array.from({ length: 5 }, (_, index) => hostileTarget(`MySQL: burn ${index}`, port))
    try {
      await reach.captureAll(healthy)
      const attack = async () => {
        for (const { reason } of await Promise.all(targets.map((target) => outcomeOf(reach.capture(target)))))
          expect(['partner-overload', 'aborted']).toContain(reason)
      }
      await attack()
      await attack()
      await attack()
      expect(reach.threads.apart().toSorted()).toEqual(targets.map(({ partnerId }) => partnerId).toSorted())
      expect(await reach.captureAll(healthy)).toBeLessThan(lateMs)
    } finally {
      await reach.stop()
      await listener.close()
    }
  })

  /** A database that breaks the thread that reaches it, until it mends its ways and is `healthy`'s. */
  const startBreaking = async ({ db }: ReachTarget) => {
    let isMended = false
    const server = createServer((socket) => {
      if (!isMended) return void socket.on('error', () => {}).write(greeting('hole-exit'))
      const to = connect(db.port, '127.0.0.1')
      socket
        .on('error', () => to.destroy())
        .pipe(to.on('error', () => socket.destroy()))
        .pipe(socket)
    })
    const listener = createLoopbackListener(server)
    const address = { ...db, port: await listener.listen(0) }
    return {
      targetOf: (partnerId: string): ReachTarget => ({ partnerId, revision: '1', ssh: null, db: address }),
      mend: () => {
        isMended = true
      },
      close: listener.close,
    }
  }

  test('goes back to the others after its time, when it has mended its ways', async () => {
    const reach = startReach({ module: new URL('./broken-thread.ts', import.meta.url), apartMs: 300 })
    const [first, second] = healthy as [ReachTarget, ReachTarget]
    const breaking = await startBreaking(second)
    const target = breaking.targetOf('mended')
    try {
      await reach.capture(first)
      expect(await outcomeOf(reach.capture(target))).toMatchObject({ reason: 'partner-overload' })
      breaking.mend()
      reach.pool.evict(target.partnerId)
      expect(await reach.capture(target)).toHaveLength(1)
      await expect.poll(() => reach.threads.apart(), { timeout: 5_000 }).toEqual([])
      expect(await reach.capture(target)).toHaveLength(1)
    } finally {
      await reach.stop()
      await breaking.close()
    }
  })

  test('is captured while it is apart, when it has mended its ways, however many others are', async () => {
    const reach = startReach({ module: new URL('./broken-thread.ts', import.meta.url) })
    const breaking = await startBreaking(healthy[0] as ReachTarget)
    const targets = Array.from({ length: 6 }, (_, index) => breaking.targetOf(`mended ${index}`))
    try {
      for (const target of targets) expect(await outcomeOf(reach.capture(target))).toMatchObject({ reason: 'partner-overload' })
      breaking.mend()
      for (const { partnerId } of targets) reach.pool.evict(partnerId)
      for (const target of [...targets, ...targets]) expect(await reach.capture(target)).toHaveLength(1)
      // All at once, some wait for a thread.
      for (const { partnerId } of targets) reach.pool.evict(partnerId)
      for (const rows of await Promise.all(targets.map(reach.capture))) expect(rows).toHaveLength(1)
      expect(reach.threads.apart()).toHaveLength(targets.length)
    } finally {
      await reach.stop()
      await breaking.close()
    }
  })
})

const outcomeOf = (work: Promise<unknown>): Promise<Outcome> =>
  work.then(
    () => ({ reason: 'well', stage: '', message: '' }),
    ({ reason, stage, message }: Outcome) => ({ reason, stage, message }),
  )
