import type { Log } from '../../shared/log.ts'
import type { CaptureFailure, PartnerDoc, PartnerStore, RemainingCount } from '../../shared/node/mongo/partners/partners.ts'
import type { SnapshotRollupStore } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import type { CaptureDoc, SnapshotStore } from '../../shared/node/mongo/partners/snapshots.ts'
import { type NoteHostKeyDeps, noteHostKeys } from '../../shared/partner/note-host-key.ts'
import { openPartnerTarget } from '../../shared/partner/partner-target.ts'
import { type RecordConnectionDeps, recordConnection } from '../../shared/partner/record-connection.ts'
import { type HostKey, ReachError, type StageResult } from '../../shared/reach/reach-error.ts'
import type { PartnerConnection, ReachTarget } from '../../shared/reach/reach-target.ts'
import type { Sealer } from '../../shared/sealer.ts'
import type { Settings } from '../../shared/settings.ts'
import type { AlertLevel, Metrics, Snapshot } from '../../shared/snapshot/snapshot.ts'
import { extendTrend } from '../../shared/snapshot/trend.ts'
import { heldRemaining, rememberCount } from './hold-remaining.ts'
import { localDay } from './local-day.ts'
import { readMetrics } from './read-metrics.ts'
import { snapshotStatement } from './snapshot-statement.ts'

export type CaptureResult = { partnerId: string; ok: true; snapshot: Snapshot } | ({ partnerId: string; ok: false } & CaptureFailure)

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

/** `remainingCount`: what to remember of the count; undefined: nothing new. */
type Attempt = {
  at: Date
  captureMs: number
  hostKey: HostKey | null
  jumpKeys: readonly HostKey[]
  stages: readonly StageResult[]
  remainingCount: RemainingCount | null | undefined
} & ({ error: null; snapshot: Snapshot; limitSetting: number | null; certificateEndsAt: Date | null } | { error: ReachError })

const msPerDay = 86_400_000

const attemptCapture = async (deps: CapturePartnerDeps, partner: PartnerDoc, settings: Settings, signal: AbortSignal): Promise<Attempt> => {
  const at = deps.now()
  const startedAt = deps.monotonicMs()
  const elapsedMs = () => Math.round(deps.monotonicMs() - startedAt)
  const held = heldRemaining(partner, at)
  let connectedEarlier = false
  try {
    const { sql, values } = snapshotStatement(localDay(at, partner.timezone), held === null)
    const target = openPartnerTarget(deps.sealer, partner, settings.allowedNetworks)
    const { row, hostKey, jumpKeys, stages, queryMs, endsAt } = await deps.pool.use(
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
            jumpKeys: connection.jumpKeys,
          })
        const queryMs = Math.round(deps.monotonicMs() - queriedAt)
        const query: StageResult = { stage: 'query', ok: true, ms: queryMs }
        const { hostKey, jumpKeys, tls } = connection
        const stages = [...(isKept ? [] : connection.stages), query]
        return { row, hostKey, jumpKeys, stages, queryMs, endsAt: tls?.certificate?.notAfter }
      },
      signal,
    )
    const { metrics, pauseAllCampaigns, limitSetting } = readMetrics(row, partner.concurrencyLimit, held?.calls)
    const captureMs = elapsedMs()
    const numbers = { ...metrics, captureMs }
    const heldAt = held && { remainingCallsAt: held.at }
    const snapshot = { snapshotTime: at, ...numbers, ...heldAt, pauseAllCampaigns, ...(await deps.levelOf(numbers)) }
    const remainingCount = held ? undefined : rememberCount(partner, at, queryMs, metrics.remainingCalls)
    const certificateEndsAt = endsAt === undefined ? null : new Date(endsAt)
    return { at, captureMs, hostKey, jumpKeys, stages, remainingCount, error: null, snapshot, limitSetting, certificateEndsAt }
  } catch (error) {
    if (!(error instanceof ReachError)) throw error
    const { hostKey, jumpKeys } = error
    const isOwn = ({ stage }: StageResult) => stage === 'query' || !(connectedEarlier && error.stage === 'query')
    const query = error.reason === 'timeout' && error.stages.find(({ stage }) => stage === 'query')
    const remainingCount = query && !held ? rememberCount(partner, at, query.ms, null) : undefined
    return { at, captureMs: elapsedMs(), hostKey, jumpKeys, stages: error.stages.filter(isOwn), remainingCount, error }
  }
}

const failureOf = ({ reason, stage, hop, message }: ReachError) => ({ reason, stage, ...(hop && { hop }), message })

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
  const { remainingCount } = attempt
  const isNews = remainingCount !== undefined && (remainingCount !== null || Boolean(partner.remainingCount))
  const common = { dueAt: nextDueAt, trend, ...(isNews && { remainingCount }) }
  if (attempt.error) return deps.partners.fail(partner._id, leaseId, { ...failureOf(attempt.error), at: attempt.at }, common)
  const concurrencyLimit = attempt.limitSetting ?? undefined
  return deps.partners.succeed(partner._id, leaseId, attempt.snapshot, {
    ...common,
    certificateEndsAt: attempt.certificateEndsAt,
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
  const { captureMs, error, hostKey, jumpKeys, stages } = attempt
  const result: CaptureResult = error
    ? { partnerId: partner._id, ok: false, ...failureOf(error) }
    : { partnerId: partner._id, ok: true, snapshot: attempt.snapshot }
  if (error?.reason === 'aborted') {
    await deps.partners.release(partner._id, leaseId, partner.sync.lastError ? 'FAILED' : partner.latest ? 'SUCCESS' : 'NEVER_SYNCED')
    return result
  }
  await storeCapture(deps, claimed, attempt, settings)
  await endLease(deps, claimed, attempt)
  await noteHostKeys(deps, partner, { hostKey, jumpKeys, hop: error?.hop, reason: error?.reason ?? null })
  const outcome = { hostKey, stages, responseTimeMs: captureMs, error }
  await recordConnection(deps, { partnerId: partner._id, kind: 'capture', by }, outcome, settings.connectionLogRetentionDays)
  await deps.captured(result, captureMs)
  deps.log.info(
    { run: 'capture', partnerId: partner._id, ok: result.ok, ms: captureMs, ...(error && { reason: error.reason, stage: error.stage }) },
    'capture',
  )
  return result
}
