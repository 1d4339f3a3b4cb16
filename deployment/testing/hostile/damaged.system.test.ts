import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPrivateKey } from '../../../shared/node/ssh/open-private-key.ts'
import { ReachError, stages } from '../../../shared/reach/reach-error.ts'
import type { ReachTarget, StageTimeouts } from '../../../shared/reach/reach-target.ts'
import { createSshKey } from '../../demo/create-ssh-key.ts'
import { createSeededRandom } from '../../demo/seeded-random.ts'
import { damage } from './damage.ts'
import { startReach } from './reach-under-test.ts'
import { type Served, servePartners, targetOf } from './served-partners.ts'
import { watchLoop } from './watch-loop.ts'

const seed = Number(process.env['DAMAGE_SEED'] ?? Math.floor(Math.random() * 1e6))
const count = 2_000
const atOnce = 20
/** On a machine that is busy with other things, fewer may be tried; never fewer than a quarter. */
const maxMs = 25_000
const healthyCount = 20
const loopBudgetMs = 100
const lateMs = 3_000
/** Native memory grows slowly to its full size, over some thousand conversations; one that was not given back would add as much each time. */
const maxGrowthMb = 64
const timeoutsMs = Object.fromEntries(stages.map((stage) => [stage, 300])) as StageTimeouts
const passphrase = 'correct horse'

/** Runs the works of these numbers, twenty at once, as long as there is time. Returns how many there were. */
const runMany = async (work: (index: number) => Promise<unknown>, from: number, to: number): Promise<number> => {
  const until = performance.now() + (maxMs * (to - from)) / count
  let next = from
  const runNext = async () => {
    while (next < to && performance.now() < until) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, runNext))
  return next - from
}

const megabytes = () => {
  globalThis.gc?.()
  return process.memoryUsage().rss / 2 ** 20
}

describe(`with seed ${seed}, the process lives, its main thread waits for nobody, no healthy partner is late, and memory returns`, () => {
  let served: Served & { stop(): Promise<unknown> }
  let healthy: ReachTarget[]
  let reach: ReturnType<typeof startReach>
  /** What no conversation and no key may do. */
  const broken: string[] = []
  beforeAll(async () => {
    served = await servePartners({ healthy: healthyCount, hostile: false, damageSeed: seed })
    healthy = served.healthy.map((partner, index) => targetOf(`healthy ${index}`, partner))
    reach = startReach({ onOverload: (partnerId, cause) => broken.push(`${partnerId}: ${cause}`) })
    await reach.captureAll(healthy)
  })
  afterAll(async () => {
    await reach.stop()
    await served.stop()
  })

  const damagedTarget = (index: number): ReachTarget => {
    const [partner, ports] = [served.healthy[0], served.damaged]
    if (!partner || !ports) throw new Error('nothing is served')
    const target = targetOf(`damaged ${index}`, partner)
    if (index % 2 === 0) return { ...target, ssh: null, db: { ...target.db, port: ports.mysql } }
    const port = index % 8 === 1 ? ports.messages : ports.ssh
    return { ...target, ssh: target.ssh && { ...target.ssh, port, hostKey: { trustOnFirstUse: true } } }
  }

  /** Tries `work` as often as there is time for, beside the healthy partners. */
  const tryMany = async (what: string, work: (index: number) => Promise<unknown>) => {
    const stopWatch = watchLoop()
    const startedAt = performance.now()
    // The first half fills what the heaps take by themselves; what the second half adds would stay.
    const first = await reach.captureMeanwhile(healthy, runMany(work, 0, count / 2))
    const before = megabytes()
    const second = await reach.captureMeanwhile(healthy, runMany(work, count / 2, count))
    const tried = first.result + second.result
    const slowestMs = Math.max(first.slowestMs, second.slowestMs)
    const loop = stopWatch()
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    const grownMb = Math.round(megabytes() - before)
    console.info(
      `seed ${seed}: ${tried} ${what} in ${seconds} s, ${grownMb} MB more, a healthy capture took ${Math.round(slowestMs)} ms at most`,
    )
    expect(broken).toEqual([])
    expect(tried).toBeGreaterThanOrEqual(count / 4)
    expect(slowestMs).toBeLessThan(lateMs)
    expect(Math.min(loop.delayMs, loop.workMs), JSON.stringify(loop)).toBeLessThan(loopBudgetMs)
    expect(grownMb).toBeLessThan(maxGrowthMb)
    expect(await reach.captureAll(healthy)).toBeLessThan(lateMs)
  }

  test('after damaged conversations of SSH and MySQL', async () => {
    const { signal } = new AbortController()
    const reasons: Record<string, number> = {}
    await tryMany('damaged conversations', async (index) => {
      const target = damagedTarget(index)
      try {
        const connection = await reach.threads.connect(target, { timeoutsMs, signal })
        await connection.query('SELECT COUNT(*) AS count FROM calls', [], { signal, timeoutMs: 300 }).finally(connection.close)
      } catch (error) {
        if (!(error instanceof ReachError)) throw error
        reasons[error.reason] = (reasons[error.reason] ?? 0) + 1
      }
    })
    expect(Object.keys(reasons).length).toBeGreaterThan(3)
  })

  test('after damaged key files', async () => {
    const random = createSeededRandom(seed)
    const files = keyFiles()
    for (const file of files) expect(await openPrivateKey(file, passphrase)).toMatchObject({ ok: true })
    await tryMany('damaged key files', async (index) => {
      const file = files[index % files.length] as string
      const opened = await openPrivateKey(damageKey(file, random), index % 3 === 0 ? undefined : passphrase)
      expect(opened.ok || opened.message).toBeTruthy()
    })
  })
})

/** One in each format that Node or ssh2 writes, plain and encrypted. */
const keyFiles = (): string[] => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const secret = { cipher: 'aes-256-cbc', passphrase }
  return [
    createSshKey().privateKey,
    createSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 1 }).privateKey,
    ec.export({ type: 'sec1', format: 'pem' }).toString(),
    ec.export({ type: 'pkcs8', format: 'pem', ...secret }).toString(),
    rsa.export({ type: 'pkcs1', format: 'pem' }).toString(),
    rsa.export({ type: 'pkcs1', format: 'pem', ...secret }).toString(),
    rsa.export({ type: 'pkcs8', format: 'pem', ...secret }).toString(),
  ]
}

/** Damages the text of a file, or, three times of four, the bytes that it stands for. */
const damageKey = (file: string, random: () => number): string => {
  const [, begin = '', body = '', end = ''] = /^(-----BEGIN [^-]+-----\n)([\s\S]*)(-----END [^-]+-----\n?)$/.exec(file) ?? []
  if (random() < 0.25 || body.includes(':')) return damage(Buffer.from(file), random).toString('latin1')
  return `${begin}${damage(Buffer.from(body, 'base64'), random).toString('base64')}\n${end}`
}
