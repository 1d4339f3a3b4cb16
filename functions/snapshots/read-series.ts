import { invalidField } from '../../shared/errors.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { RollupDoc, SnapshotRollupStore } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import type { CaptureDoc, SnapshotStore } from '../../shared/node/mongo/partners/snapshots.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import type { Settings } from '../../shared/settings.ts'
import { type RollupResolution, rollupSeconds } from '../../shared/snapshot/rollup.ts'
import { type MetricName, metricNames } from '../../shared/snapshot/snapshot.ts'
import { snapshotView } from '../../shared/snapshot/snapshot-view.ts'
import type { RangeQuery, Resolution } from './schema.ts'

export type ReadSeriesDeps = {
  partners: Pick<PartnerStore, 'find'>
  snapshots: Pick<SnapshotStore, 'range'>
  rollups: Pick<SnapshotRollupStore, 'range'>
  settings: { read: () => Promise<Settings> }
  now: () => Date
}

/** More points than a chart can show; a wider range takes a coarser resolution. */
const maxPoints = 1_500
/** The most for somebody who asks for a resolution. */
const maxAskedPoints = 10 * maxPoints
const msPerHour = 3_600_000
const msPerDay = 86_400_000

type Choice = { resolution: Resolution; stepSeconds: number }

/** The resolutions to try, finest first: raw captures can be more than the interval promises, as it was shorter or they were asked for. */
const choose = (from: Date, to: Date, now: Date, settings: Settings): Choice[] => {
  const rangeSeconds = (to.getTime() - from.getTime()) / 1000
  const reaches = (days: number) => now.getTime() - from.getTime() <= days * msPerDay
  const fits = (seconds: number) => rangeSeconds / seconds <= maxPoints
  const hour = rollupSeconds['1h']
  const choices: (Choice & { reachesDays: number })[] = [
    { resolution: 'raw', stepSeconds: settings.captureIntervalSeconds, reachesDays: settings.rawRetentionDays },
    { resolution: '5m', stepSeconds: rollupSeconds['5m'], reachesDays: settings.fiveMinuteRetentionDays },
  ]
  return [
    ...choices.filter(({ stepSeconds, reachesDays }) => fits(stepSeconds) && reaches(reachesDays)),
    { resolution: '1h', stepSeconds: Math.ceil(rangeSeconds / hour / maxPoints) * hour },
  ]
}

const stepOf = (resolution: Resolution, settings: Settings) =>
  resolution === 'raw' ? settings.captureIntervalSeconds : rollupSeconds[resolution]

const rawPoint = (doc: CaptureDoc) =>
  doc.ok
    ? { at: doc.snapshotTime.toISOString(), ok: true as const, ...snapshotView(doc) }
    : { at: doc.snapshotTime.toISOString(), ok: false as const, reason: doc.reason }

const mergeMetric = (docs: readonly RollupDoc[], name: MetricName, captures: number) => {
  const rollups = docs.flatMap((doc) => doc.metrics?.[name] ?? [])
  return {
    min: Math.min(...rollups.map((rollup) => rollup.min)),
    max: Math.max(...rollups.map((rollup) => rollup.max)),
    avg: Math.round((rollups.reduce((sum, rollup) => sum + rollup.sum, 0) / captures) * 100) / 100,
    last: rollups.at(-1)?.last ?? 0,
  }
}

/** One point of a bucket's rollups, oldest first. A bucket without a capture that worked has no metrics: it stays a gap. */
const rolledPoint = (bucketMs: number, docs: readonly RollupDoc[]) => {
  const captures = docs.reduce((sum, doc) => sum + doc.captures, 0)
  return {
    at: new Date(bucketMs).toISOString(),
    captures,
    gaps: docs.reduce((sum, doc) => sum + doc.gaps, 0),
    gapReason: docs.findLast((doc) => doc.lastGapReason !== undefined)?.lastGapReason ?? null,
    metrics:
      captures === 0
        ? null
        : (Object.fromEntries(metricNames.map((name) => [name, mergeMetric(docs, name, captures)])) as Record<
            MetricName,
            ReturnType<typeof mergeMetric>
          >),
  }
}

const readRollups = async (deps: ReadSeriesDeps, id: string, resolution: RollupResolution, from: Date, to: Date, stepSeconds: number) => {
  const stepMs = stepSeconds * 1000
  const aligned = new Date(Math.floor(from.getTime() / stepMs) * stepMs)
  const docs = await deps.rollups.range(id, resolution, aligned, to)
  const buckets = Map.groupBy(docs, (doc) => Math.floor(doc.bucket.getTime() / stepMs) * stepMs)
  return [...buckets].map(([bucketMs, group]) => rolledPoint(bucketMs, group))
}

/** `null`: there are more than `most`. */
const readRaw = async (deps: ReadSeriesDeps, id: string, from: Date, to: Date, most: number) => {
  const docs = await deps.snapshots.range(id, from, to, most + 1)
  return docs.length > most ? null : docs.map(rawPoint)
}

/** A partner's captures over a range, at the resolution that was asked for or the finest that fits about 1,500 points. */
export const readSeries = async (deps: ReadSeriesDeps, partnerId: string, query: RangeQuery) => {
  const now = deps.now()
  const to = query.to ?? now
  const from = query.from ?? new Date(to.getTime() - msPerHour)
  if (from >= to) throw invalidField('from', 'must be before to')
  await requirePartner(deps, partnerId)
  const settings = await deps.settings.read()
  const [most, choices] = query.resolution
    ? [maxAskedPoints, [{ resolution: query.resolution, stepSeconds: stepOf(query.resolution, settings) }]]
    : [maxPoints, choose(from, to, now, settings)]
  for (const { resolution, stepSeconds } of choices) {
    if ((to.getTime() - from.getTime()) / 1000 / stepSeconds > most) continue
    const points =
      resolution === 'raw'
        ? await readRaw(deps, partnerId, from, to, most)
        : await readRollups(deps, partnerId, resolution, from, to, stepSeconds)
    if (points) return { partnerId, from: from.toISOString(), to: to.toISOString(), resolution, stepSeconds, points }
  }
  throw invalidField('resolution', `is too fine for this range: it has more than ${maxAskedPoints} points`)
}
