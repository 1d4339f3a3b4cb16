import { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { eventStream, jsonEvent, type ServerEvent, type StreamDeps, wantsEvents } from '../../shared/http/event-stream.ts'
import { requireRole, requireUser } from '../../shared/http/guards.ts'
import { relay } from '../../shared/http/relay.ts'
import type { SnapshotStore } from '../../shared/node/mongo/partners/snapshots.ts'
import { snapshotView } from '../../shared/snapshot/snapshot-view.ts'
import type { CaptureResult } from './capture-partner.ts'
import type { Sweeper } from './create-sweeper.ts'
import { type ReadSeriesDeps, readSeries } from './read-series.ts'
import { CaptureEvent, CaptureRequest, CaptureResults, Latest, RangeQuery, Series } from './schema.ts'

export type SnapshotsDeps = StreamDeps &
  ReadSeriesDeps & { snapshots: Pick<SnapshotStore, 'latest' | 'range'>; sweeper: Pick<Sweeper, 'captureNow'> }

const tag = 'snapshots'
const resultView = (result: CaptureResult) => (result.ok ? { ...result, snapshot: snapshotView(result.snapshot) } : result)

/** Captures, telling of each partner as it ends. The captures go on when the client does not listen any more. */
const captureEvents = (deps: SnapshotsDeps, partnerIds: readonly string[] | undefined, by: string) =>
  relay<ServerEvent>(async (emit) => {
    const results = await deps.sweeper.captureNow(partnerIds, by, {
      started: (ids) => emit(jsonEvent('started', { partnerIds: ids })),
      captured: (result) => emit(jsonEvent('captured', resultView(result))),
    })
    const ok = results.filter((result) => result.ok).length
    return jsonEvent('done', { ok, failed: results.length - ok })
  })

export const snapshots = (deps: SnapshotsDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .post(
      '/capture',
      contract({
        summary: 'Capture partners now, all active ones unless named',
        tag,
        answers: { 200: CaptureResults },
        events: CaptureEvent,
        errors: ['bad_request', 'too_many_requests'],
      }),
      requireRole('ADMIN', 'snapshots:capture'),
      json(CaptureRequest),
      async (c) => {
        const { partnerIds } = c.req.valid('json')
        const by = c.get('actor').name
        if (wantsEvents(c)) return eventStream(c, deps, () => captureEvents(deps, partnerIds, by))
        const results = await deps.sweeper.captureNow(partnerIds, by)
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
