import { localDay } from '../../../functions/snapshots/local-day.ts'
import { snapshotStatement } from '../../../functions/snapshots/snapshot-statement.ts'
import { createConnectionPool } from '../../../shared/node/reach/connection-pool.ts'
import { createReachThreads, type ReachThreadsDeps } from '../../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../../shared/node/ssh/open-private-key.ts'
import { stages } from '../../../shared/reach/reach-error.ts'
import type { ReachTarget, StageTimeouts } from '../../../shared/reach/reach-target.ts'

/** Of each stage. */
const patienceMs = 1_500
const timeoutsMs = Object.fromEntries(stages.map((stage) => [stage, patienceMs])) as StageTimeouts
const atOnce = 10

/** Partners are reached as in production: threads, and a pool that keeps one connection for each. */
export const startReach = (options: Partial<ReachThreadsDeps> = {}) => {
  const threads = createReachThreads({ openKey: openPrivateKey, ...options })
  const stopping = new AbortController()
  const pool = createConnectionPool({
    connect: (target, signal) => threads.connect(target, { timeoutsMs, signal }),
    idleMs: 600_000,
    retryDelayMs: { first: 1, max: 1 },
    monotonicMs: () => performance.now(),
  })

  const capture = (target: ReachTarget) => {
    const { sql, values } = snapshotStatement(localDay(new Date(), 'America/New_York'))
    const query = { signal: stopping.signal, timeoutMs: patienceMs }
    return pool.use(target, (connection) => connection.query(sql, values, query), stopping.signal)
  }
  /** Captures each of these, ten at a time, and returns the slowest capture's milliseconds. @throws the first failure */
  const captureAll = async (targets: readonly ReachTarget[]): Promise<number> => {
    const waiting = [...targets]
    let slowestMs = 0
    const work = async () => {
      for (let target = waiting.pop(); target; target = waiting.pop()) {
        const startedAt = performance.now()
        const rows = await capture(target)
        if (rows.length !== 1) throw new Error(`${target.partnerId} answered ${rows.length} rows`)
        slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return slowestMs
  }
  /** Captures these again and again while `work` runs, and once at least. */
  const captureMeanwhile = async <Result>(targets: readonly ReachTarget[], work: Promise<Result>) => {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => {})
    let slowestMs = 0
    do slowestMs = Math.max(slowestMs, await captureAll(targets))
    while (!isOver)
    return { slowestMs, result: await over }
  }
  return {
    threads,
    pool,
    capture,
    captureAll,
    captureMeanwhile,
    stop: async () => {
      stopping.abort()
      await pool.close()
      await threads.close()
    },
  }
}
