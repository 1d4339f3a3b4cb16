import { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import type { SnapshotStore } from '../../shared/mongo/snapshots.ts'
import { snapshotView } from '../../shared/snapshot-view.ts'
import type { CaptureResult } from './capture-partner.ts'
import type { Sweeper } from './create-sweeper.ts'
import { type ReadSeriesDeps, readSeries } from './read-series.ts'
import { CaptureRequest, CaptureResults, Latest, RangeQuery, Series } from './schema.ts'

export type SnapshotsDeps = GuardDeps &
  ReadSeriesDeps & { snapshots: Pick<SnapshotStore, 'latest' | 'range'>; sweeper: Pick<Sweeper, 'captureNow'> }

const tag = 'snapshots'
const resultView = (result: CaptureResult) => (result.ok ? { ...result, snapshot: snapshotView(result.snapshot) } : result)

export const snapshots = (deps: SnapshotsDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .post(
      '/capture',
      contract({
        summary: 'Capture partners now, all active ones unless named',
        tag,
        answers: { 200: CaptureResults },
        errors: ['bad_request'],
      }),
      requireRole('ADMIN', 'snapshots:capture'),
      json(CaptureRequest),
      async (c) => {
        const results = await deps.sweeper.captureNow(c.req.valid('json').partnerIds, c.get('actor').name)
        return c.json({ results: results.map(resultView) })
      },
    )
    .get(
      '/:partnerId',
      contract({ summary: "Read a partner's captures over time", tag, answers: { 200: Series }, errors: ['not_found'] }),
      requireRole('VIEWER', 'snapshots:read'),
      query(RangeQuery),
      async (c) => c.json(await readSeries(deps, c.req.param('partnerId'), c.req.valid('query'))),
    )
    .get(
      '/:partnerId/latest',
      contract({ summary: 'Read the last capture, be it a snapshot or a gap', tag, answers: { 200: Latest }, errors: ['not_found'] }),
      requireRole('VIEWER', 'snapshots:read'),
      async (c) => {
        const latest = await deps.snapshots.latest(c.req.param('partnerId'))
        if (!latest) throw new AppError('not_found', 'This partner was not captured yet.')
        if (latest.ok) return c.json({ ok: true as const, ...snapshotView(latest) })
        const { reason, stage, message, snapshotTime } = latest
        return c.json({ at: snapshotTime.toISOString(), ok: false as const, reason, stage, message })
      },
    )

export type SnapshotsApi = ReturnType<typeof snapshots>
