import { z } from 'zod'
import { Instant } from '../../shared/fields.ts'
import { At, Id, Level, Text } from './fields.ts'

export const Alert = z
  .object({
    id: z.string(),
    partnerId: z.string().nullable(),
    partnerName: z.string().nullable(),
    ruleId: z.string(),
    level: Level,
    state: z.enum(['firing', 'resolved']),
    message: z.string(),
    firedAt: At,
    resolvedAt: At.nullable(),
    acknowledged: z.object({ at: At, by: z.string(), note: z.string().nullable() }).nullable(),
    dismissed: z.object({ at: At, by: z.string(), reason: z.string(), until: At }).nullable(),
    escalatedAt: At.nullable(),
    inhibitedBy: z.string().nullable(),
    /** The planned maintenance that holds it back now. */
    maintenance: z.object({ name: z.string(), until: At }).nullable(),
    events: z.array(z.object({ n: z.int(), type: z.string(), at: At, by: z.string().nullable(), note: z.string().nullable() })),
    deliveries: z.array(
      z.object({
        rowId: z.string(),
        channelId: z.string(),
        channelName: z.string(),
        at: At,
        outcome: z.enum(['sent', 'retried', 'dead']),
        code: z.string(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Alert' })
export const AlertPage = z.object({ alerts: z.array(Alert), next: z.string().nullable() }).meta({ id: 'AlertPage' })
export const AlertQuery = z.object({
  state: z.enum(['firing', 'resolved', 'dismissed']).optional(),
  partnerId: Id.optional(),
  level: Level.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: Id.optional(),
})
export type AlertQuery = z.infer<typeof AlertQuery>
export const Summary = z.object({ critical: z.int(), high: z.int(), medium: z.int(), firing: z.int() }).meta({ id: 'AlertSummary' })

export const Acknowledgement = z.strictObject({ note: Text.max(500).optional() })
export const Dismissal = z.strictObject({ until: Instant, reason: Text.max(500) })
