import { type RecordConnectionDeps, recordConnection } from '../../shared/partner/record-connection.ts'
import { ReachError, type StageResult } from '../../shared/reach/reach-error.ts'
import type { ConnectOptions, PartnerConnection, ReachTarget } from '../../shared/reach/reach-target.ts'
import { type Settings, stageTimeouts } from '../../shared/settings.ts'
import { type ProbedStatement, probeQuery } from './probe-query.ts'
import type { ProbeResult } from './schema.ts'

export type ProbeConnectionDeps = RecordConnectionDeps & {
  connect: (target: ReachTarget, options: ConnectOptions) => Promise<PartnerConnection>
  /** The statement that a capture will run, so that a probe that passes means that captures will. */
  probeStatement: () => ProbedStatement
  settings: { read: () => Promise<Settings> }
  monotonicMs: () => number
}

/** Runs the work with the partner's kept connection closed: its server may allow no other. Its captures wait. */
export type Alone = <Result>(target: ReachTarget, work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

/** What is probed: a saved partner's id, or `null`; `openTarget` may throw `ReachError` when its secrets do not open. */
export type Probed = { partnerId: string | null; by: string; openTarget: (networks: readonly string[]) => ReachTarget; alone: Alone }

/** `onStage` is called as each stage ends, well or badly. */
export type ProbeOptions = { signal: AbortSignal; onStage?: (stage: StageResult) => void }

const runProbe = async (deps: ProbeConnectionDeps, target: ReachTarget, settings: Settings, { signal, onStage }: ProbeOptions) => {
  const connection = await deps.connect(target, { timeoutsMs: stageTimeouts(settings), signal, onStage })
  try {
    const { hostKey, jumpKeys, stages, tls, notes } = connection
    const limits = { signal, timeoutMs: settings.queryTimeoutMs, monotonicMs: deps.monotonicMs }
    const { stage, ...report } = await probeQuery(connection, deps.probeStatement(), target, limits)
    onStage?.(stage)
    return { hostKey, jumpKeys, stages: [...stages, stage], tls, notes, ...report }
  } finally {
    await connection.close()
  }
}

/** Opens a new connection, runs the snapshot's statement once and says how each stage went. A partner that is down is a result, not an error. */
export const probeConnection = async (deps: ProbeConnectionDeps, probed: Probed, options: ProbeOptions): Promise<ProbeResult> => {
  const settings = await deps.settings.read()
  let startedAt = deps.monotonicMs()
  const run = async () => {
    const target = probed.openTarget(settings.allowedNetworks)
    const work = () => {
      startedAt = deps.monotonicMs()
      return runProbe(deps, target, settings, options)
    }
    return probed.alone(target, work, options.signal)
  }
  const outcome = await run().then(
    (done) => done,
    (error: unknown) => {
      if (!(error instanceof ReachError)) throw error
      const { hostKey, jumpKeys, stages } = error
      return { hostKey, jumpKeys, stages, tls: null, notes: [], error, missing: [], cost: null }
    },
  )
  const responseTimeMs = Math.round(deps.monotonicMs() - startedAt)
  const { partnerId, by } = probed
  await recordConnection(deps, { partnerId, kind: 'probe', by }, { ...outcome, responseTimeMs }, settings.connectionLogRetentionDays)
  const { error, stages, hostKey, jumpKeys, tls, notes, missing, cost } = outcome
  return {
    ok: error === null,
    reason: error?.reason ?? null,
    stage: error?.stage ?? null,
    ...(error?.hop && { hop: error.hop }),
    message: error?.message ?? 'Connected, and the database answered.',
    responseTimeMs,
    stages: [...stages],
    hostKey,
    jumpKeys: [...jumpKeys],
    expectedHostKeySha256: error?.expectedSha256 ?? null,
    tls,
    notes: [...notes],
    rights: { missing },
    cost,
  }
}
