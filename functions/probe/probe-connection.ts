import { type RecordConnectionDeps, recordConnection } from '../../shared/partner/record-connection.ts'
import { ReachError, type StageResult } from '../../shared/reach/reach-error.ts'
import type { ConnectOptions, PartnerConnection, ReachTarget } from '../../shared/reach/reach-target.ts'
import { type Settings, stageTimeouts } from '../../shared/settings.ts'
import type { ProbeResult } from './schema.ts'

export type ProbeConnectionDeps = RecordConnectionDeps & {
  connect: (target: ReachTarget, options: ConnectOptions) => Promise<PartnerConnection>
  /** The statement that a capture will run, so that a probe that passes means that captures will. */
  probeStatement: () => { sql: string; values: string[] }
  settings: { read: () => Promise<Settings> }
  monotonicMs: () => number
}

/** What is probed: a saved partner's id, or `null`; `openTarget` may throw `ReachError` when its secrets do not open. */
export type Probed = { partnerId: string | null; by: string; openTarget: (networks: readonly string[]) => ReachTarget }

/** `onStage` is called as each stage ends, well or badly. */
export type ProbeOptions = { signal: AbortSignal; onStage?: (stage: StageResult) => void }

const runProbe = async (deps: ProbeConnectionDeps, probed: Probed, settings: Settings, { signal, onStage }: ProbeOptions) => {
  const connection = await deps.connect(probed.openTarget(settings.allowedNetworks), {
    timeoutsMs: stageTimeouts(settings),
    signal,
    onStage,
  })
  try {
    const { sql, values } = deps.probeStatement()
    const startedAt = deps.monotonicMs()
    await connection.query(sql, values, { signal, timeoutMs: settings.queryTimeoutMs })
    const query = { stage: 'query', ok: true, ms: Math.round(deps.monotonicMs() - startedAt) } as const
    onStage?.(query)
    return { hostKey: connection.hostKey, stages: [...connection.stages, query] }
  } catch (error) {
    const failed = error instanceof ReachError ? error.stages.at(-1) : undefined
    if (failed) onStage?.(failed)
    throw error
  } finally {
    await connection.close()
  }
}

/** Opens a new connection, runs the snapshot's statement once and says how each stage went. A partner that is down is a result, not an error. */
export const probeConnection = async (deps: ProbeConnectionDeps, probed: Probed, options: ProbeOptions): Promise<ProbeResult> => {
  const settings = await deps.settings.read()
  const startedAt = deps.monotonicMs()
  const outcome = await runProbe(deps, probed, settings, options).then(
    (done) => ({ ...done, error: null }),
    (error: unknown) => {
      if (!(error instanceof ReachError)) throw error
      return { hostKey: error.hostKey, stages: error.stages, error }
    },
  )
  const responseTimeMs = Math.round(deps.monotonicMs() - startedAt)
  const { partnerId, by } = probed
  await recordConnection(deps, { partnerId, kind: 'probe', by }, { ...outcome, responseTimeMs }, settings.connectionLogRetentionDays)
  const { error, stages, hostKey } = outcome
  return {
    ok: error === null,
    reason: error?.reason ?? null,
    stage: error?.stage ?? null,
    message: error?.message ?? 'Connected, and the database answered.',
    responseTimeMs,
    stages: [...stages],
    hostKey,
    expectedHostKeySha256: error?.expectedSha256 ?? null,
  }
}
