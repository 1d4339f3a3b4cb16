import { type Hop, type HostKey, hopName, ReachError, type Stage, type StageResult } from '../../reach/reach-error.ts'
import type { SocketGuard } from './guard-socket.ts'
import { ReachFailure } from './reach-failure.ts'

export type StageOptions = {
  signal: AbortSignal
  /** Called as each stage ends, well or badly. */
  onStage?: ((result: StageResult) => void) | undefined
}

/** How long each stage has taken so far, in all its hops and attempts. */
export type Spent = Map<Stage, number>

export type Stages = {
  readonly results: readonly StageResult[]
  /** The host key to report with a failure, once it is known. */
  hostKey: HostKey | null
  /** The keys of the hops that were accepted so far. */
  readonly jumpKeys: readonly HostKey[]
  /** Goes on to the next SSH server: one of the hops, or, with `undefined`, the partner's own. */
  enter(hop: Hop | undefined): void
  /**
   * Waits for `work`; past what is left of the stage's time, or on abort, gives the connection up. A stage that is a function is asked for when
   * it ends. @throws ReachError
   */
  run<T>(stage: Stage | (() => Stage), timeoutMs: number, work: () => Promise<T>): Promise<T>
}

/** Runs the stages of one connection one after the other, timing each. What made `connection` give up is the failure of the stage that ran. */
export const runStages = (
  connection: Pick<SocketGuard, 'failure' | 'giveUp'>,
  { signal, onStage }: StageOptions,
  spent: Spent = new Map(),
): Stages => {
  const results: StageResult[] = []
  const jumpKeys: HostKey[] = []
  let hop: Hop | undefined
  const record = (stage: Stage, startedAt: number, ok: boolean) => {
    const ms = performance.now() - startedAt
    spent.set(stage, (spent.get(stage) ?? 0) + ms)
    const result = { stage, ok, ms: Math.round(ms * 10) / 10, ...(hop && { hop }) }
    results.push(result)
    onStage?.(result)
  }
  const stages: Stages = {
    results,
    hostKey: null,
    jumpKeys,
    enter: (next) => {
      if (hop && stages.hostKey) jumpKeys.push(stages.hostKey)
      hop = next
      stages.hostKey = null
    },
    run: async (name, timeoutMs, work) => {
      const startedAt = performance.now()
      const stageNow = () => (typeof name === 'function' ? name() : name)
      try {
        const leftMs = Math.max(0, Math.round(timeoutMs - (spent.get(stageNow()) ?? 0)))
        const value = await withDeadline(work, { timeoutMs: leftMs, signal, end: connection.giveUp })
        record(stageNow(), startedAt, true)
        return value
      } catch (error) {
        const stage = stageNow()
        record(stage, startedAt, false)
        connection.giveUp()
        throw toReachError(connection.failure ?? error, { stage, hop, ...stages })
      }
    },
  }
  return stages
}

/**
 * Resolves or rejects as `work` does, but rejects as soon as `timeoutMs` passed or `signal` was aborted, after calling `end`.
 * @throws ReachFailure `timeout` or `aborted`
 */
export const withDeadline = <T>(
  work: () => Promise<T>,
  { timeoutMs, signal, end }: { timeoutMs: number; signal: AbortSignal; end: () => void },
): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const stop = (failure: ReachFailure) => {
    reject(failure)
    end()
  }
  const onAbort = () => stop(new ReachFailure('aborted', 'The work was aborted.'))
  const timer = setTimeout(() => stop(new ReachFailure('timeout', `No answer within ${timeoutMs} ms.`)), timeoutMs)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  else Promise.try(work).then(resolve, reject)
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  })
}

/** Adds the stage and what the connection knows to a failure; what is not a failure of the partner is passed on. */
const toReachError = (
  error: unknown,
  { stage, hop, results, hostKey, jumpKeys }: Stages & { stage: Stage; hop: Hop | undefined },
): unknown =>
  error instanceof ReachFailure
    ? new ReachError(
        hop ? `[${hopName(hop)}] ${error.message}` : error.message,
        { stage, hop, reason: error.reason, stages: [...results], hostKey, jumpKeys: [...jumpKeys], expectedSha256: error.expectedSha256 },
        { cause: error },
      )
    : error
