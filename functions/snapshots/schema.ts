import { z } from 'zod'
import { Instant } from '../../shared/fields.ts'
import { eventSchema } from '../../shared/http/event-schema.ts'
import { Hop } from '../../shared/partner/partner-schema.ts'
import { metricShape, Snapshot } from '../../shared/snapshot/snapshot-schema.ts'

export const CaptureRequest = z
  .strictObject({ partnerIds: z.array(z.string().min(1).max(64)).min(1).max(1_000).optional() })
  .meta({ id: 'CaptureRequest' })

const CaptureResult = z.discriminatedUnion('ok', [
  z.object({ partnerId: z.string(), ok: z.literal(true), snapshot: Snapshot }),
  z.object({
    partnerId: z.string(),
    ok: z.literal(false),
    reason: z.string(),
    stage: z.string(),
    hop: Hop.optional(),
    message: z.string(),
  }),
])

export const CaptureResults = z.object({ results: z.array(CaptureResult) }).meta({ id: 'CaptureResults' })

/** `started` is the first event, `done` the last; in between comes one for each partner. */
export const CaptureEvent = z
  .discriminatedUnion('event', [
    eventSchema('started', z.object({ partnerIds: z.array(z.string()) })),
    eventSchema('captured', CaptureResult),
    eventSchema('done', z.object({ ok: z.int(), failed: z.int() })),
  ])
  .meta({ id: 'CaptureEvent' })

const resolutions = ['raw', '5m', '1h'] as const
export type Resolution = (typeof resolutions)[number]

/** Without `from` the last hour before `to`; without `to` until now. */
export const RangeQuery = z.object({ from: Instant.optional(), to: Instant.optional(), resolution: z.enum(resolutions).optional() })
export type RangeQuery = z.infer<typeof RangeQuery>

const Gap = z.object({ at: z.iso.datetime(), ok: z.literal(false), reason: z.string() })
const Rolled = z.object({ min: z.number(), max: z.number(), avg: z.number(), last: z.number() })

/** Raw points are single captures; others hold the captures of `stepSeconds`. A point without metrics is a gap. */
export const Series = z
  .object({
    partnerId: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    resolution: z.enum(resolutions),
    stepSeconds: z.int(),
    points: z.array(
      z.union([
        Snapshot.extend({ at: z.iso.datetime(), ok: z.literal(true) }),
        Gap,
        z.object({
          at: z.iso.datetime(),
          captures: z.int(),
          gaps: z.int(),
          gapReason: z.string().nullable(),
          metrics: z.object(metricShape(Rolled)).nullable(),
        }),
      ]),
    ),
  })
  .meta({ id: 'SnapshotSeries' })

export const Latest = z.union([Snapshot.extend({ ok: z.literal(true) }), Gap.extend({ stage: z.string(), message: z.string() })])
