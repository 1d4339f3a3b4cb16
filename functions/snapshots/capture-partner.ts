import type { Log } from '../../shared/log.ts'
import type { PartnerDoc, PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { SnapshotRollupStore } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import type { CaptureDoc, SnapshotStore } from '../../shared/node/mongo/partners/snapshots.ts'
import { type NoteHostKeyDeps, noteHostKey } from '../../shared/partner/note-host-key.ts'
import { openPartnerTarget } from '../../shared/partner/partner-target.ts'
import { type RecordConnectionDeps, recordConnection } from '../../shared/partner/record-connection.ts'
import { type HostKey, ReachError, type StageResult } from '../../shared/reach/reach-error.ts'
import type { PartnerConnection, ReachTarget } from '../../shared/reach/reach-target.ts'
import type { Sealer } from '../../shared/sealer.ts'
import type { Settings } from '../../shared/settings.ts'
import type { AlertLevel, Metrics, Snapshot } from '../../shared/snapshot/snapshot.ts'
import { extendTrend } from '../../shared/snapshot/trend.ts'
import { localDay } from './local-day.ts'
import { readMetrics } from './read-metrics.ts'
import { snapshotStatement } from './snapshot-statement.ts'

export type CaptureResult =
  | { partnerId: string; ok: true; snapshot: Snapshot }
  | { partnerId: string; ok: false; reason: string; stage: string; message: string }

export type CapturePartnerDeps = RecordConnectionDeps &
  NoteHostKeyDeps & {
    pool: {
      use: <Result>(
        target: ReachTarget,
        work: (connection: PartnerConnection, isKept: boolean) => Promise<Result>,
        signal: AbortSignal,
      ) => Promise<Result>
    }
    sealer: Pick<Sealer, 'open'>
    partners: Pick<PartnerStore, 'succeed' | 'fail' | 'release'>
    snapshots: Pick<SnapshotStore, 'insert'>
    rollups: Pick<SnapshotRollupStore, 'add'>
    levelOf: (metrics: Metrics) => Level | Promise<Level>
    /** Called after the capture is stored. */
    captured: (result: CaptureResult, ms: number) => void | Promise<void>
    monotonicMs: () => number
    log: Log
  }

type Level = { alertLevel: AlertLevel; alertMessage: string }

/** A leased partner. `slot`: the scheduled time that this capture is for; `null`: somebody asked for it. */
export type ClaimedCapture = { partner: PartnerDoc; leaseId: string; slot: Date | null; nextDueAt: Date; by: string }

type Attempt = { at: Date; captureMs: number; hostKey: HostKey | null; stages: readonly StageResult[] } & (
  | { error: null; snapshot: Snapshot; limitSetting: number | null }
  | { error: ReachError }
)

const msPerDay = 86_400_000

const attemptCapture = async (deps: CapturePartnerDeps, partner: PartnerDoc, settings: Settings, signal: AbortSignal): Promise<Attempt> => {
  const at = deps.now()
  const startedAt = deps.monotonicMs()
  const elapsedMs = () => Math.round(deps.monotonicMs() - startedAt)
  let connectedEarlier = false
  try {
    const { sql, values } = snapshotStatement(localDay(at, partner.timezone))
    const target = openPartnerTarget(deps.sealer, partner, settings.allowedNetworks)
    const { row, hostKey, stages } = await deps.pool.use(
      target,
      async (connection, isKept) => {
        connectedEarlier = isKept
        const queriedAt = deps.monotonicMs()
        const [row] = await connection.query(sql, values, { signal, timeoutMs: settings.queryTimeoutMs })
        if (!row)
          throw new ReachError('The query brought no row.', {
            stage: 'query',
            reason: 'query',
            stages: connection.stages,
            hostKey: connection.hostKey,
          })
        const query: StageResult = { stage: 'query', ok: true, ms: Math.round(deps.monotonicMs() - queriedAt) }
        return { row, hostKey: connection.hostKey, stages: [...(isKept ? [] : connection.stages), query] }
      },
      signal,
    )
    const { metrics, pauseAllCampaigns, limitSetting } = readMetrics(row, partner.concurrencyLimit)
    const captureMs = elapsedMs()
    const numbers = { ...metrics, captureMs }
    const snapshot = { snapshotTime: at, ...numbers, pauseAllCampaigns, ...(await deps.levelOf(numbers)) }
    return { at, captureMs, hostKey, stages, error: null, snapshot, limitSetting }
  } catch (error) {
    if (!(error instanceof ReachError)) throw error
    const isOwn = ({ stage }: StageResult) => stage === 'query' || !(connectedEarlier && error.stage === 'query')
    return { at, captureMs: elapsedMs(), hostKey: error.hostKey, stages: error.stages.filter(isOwn), error }
  }
}

const failureOf = ({ reason, stage, message }: ReachError) => ({ reason, stage, message })

/** Stores the capture under its slot, so that a slot that two processes captured is stored and rolled up once. */
const storeCapture = async (deps: CapturePartnerDeps, claimed: ClaimedCapture, attempt: Attempt, settings: Settings) => {
  const partnerId = claimed.partner._id
  const common = {
    _id: claimed.slot ? `${partnerId}:${claimed.slot.getTime()}` : deps.newId(),
    partnerId,
    snapshotTime: attempt.at,
    expiresAt: new Date(attempt.at.getTime() + settings.rawRetentionDays * msPerDay),
  }
  const doc: CaptureDoc = attempt.error
    ? { ...common, ok: false, ...failureOf(attempt.error) }
    : { ...common, ok: true, ...attempt.snapshot }
  if (!(await deps.snapshots.insert(doc))) return
  const outcome = attempt.error ? { gapReason: attempt.error.reason } : { snapshot: attempt.snapshot }
  await deps.rollups.add(partnerId, attempt.at, outcome, {
    '5m': settings.fiveMinuteRetentionDays,
    '1h': settings.hourlyRetentionDays,
  })
}

const endLease = (deps: CapturePartnerDeps, { partner, leaseId, nextDueAt }: ClaimedCapture, attempt: Attempt) => {
  const seconds = Math.floor(attempt.at.getTime() / 1000)
  const trend = extendTrend(partner.trend, [seconds, attempt.error ? null : attempt.snapshot.utilizationPercent])
  if (attempt.error)
    return deps.partners.fail(partner._id, leaseId, { ...failureOf(attempt.error), at: attempt.at }, { dueAt: nextDueAt, trend })
  const concurrencyLimit = attempt.limitSetting ?? undefined
  return deps.partners.succeed(partner._id, leaseId, attempt.snapshot, {
    dueAt: nextDueAt,
    trend,
    ...(concurrencyLimit !== undefined && concurrencyLimit !== partner.concurrencyLimit && { concurrencyLimit }),
  })
}

/** Captures a leased partner and stores what came of it: a snapshot, or a gap with its reason. An aborted capture leaves no trace. */
export const capturePartner = async (
  deps: CapturePartnerDeps,
  claimed: ClaimedCapture,
  settings: Settings,
  signal: AbortSignal,
): Promise<CaptureResult> => {
  const { partner, leaseId, by } = claimed
  const attempt = await attemptCapture(deps, partner, settings, signal)
  const { captureMs, error, hostKey, stages } = attempt
  const result: CaptureResult = error
    ? { partnerId: partner._id, ok: false, ...failureOf(error) }
    : { partnerId: partner._id, ok: true, snapshot: attempt.snapshot }
  if (error?.reason === 'aborted') {
    await deps.partners.release(partner._id, leaseId, partner.sync.lastError ? 'FAILED' : partner.latest ? 'SUCCESS' : 'NEVER_SYNCED')
    return result
  }
  await storeCapture(deps, claimed, attempt, settings)
  await endLease(deps, claimed, attempt)
  if (hostKey) await noteHostKey(deps, partner, hostKey, error?.reason ?? null)
  const outcome = { hostKey, stages, responseTimeMs: captureMs, error }
  await recordConnection(deps, { partnerId: partner._id, kind: 'capture', by }, outcome, settings.connectionLogRetentionDays)
  await deps.captured(result, captureMs)
  deps.log.info(
    { run: 'capture', partnerId: partner._id, ok: result.ok, ms: captureMs, ...(error && { reason: error.reason, stage: error.stage }) },
    'capture',
  )
  return result
}
