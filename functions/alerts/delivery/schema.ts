import { z } from 'zod'
import { At, Id, Level } from '../fields.ts'

export const DispatchResult = z.object({ sent: z.int(), retried: z.int(), dead: z.int() }).meta({ id: 'DispatchResult' })
export const DeliveryQuery = z.object({
  state: z.enum(['pending', 'sent', 'dead']).optional(),
  alertId: Id.optional(),
  channelId: Id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().max(200).optional(),
})
export type DeliveryQuery = z.infer<typeof DeliveryQuery>
export const DeliveryPage = z
  .object({
    deliveries: z.array(
      z.object({
        id: z.string(),
        channelId: z.string(),
        channelName: z.string(),
        alertId: z.string(),
        partnerId: z.string().nullable(),
        partnerName: z.string().nullable(),
        ruleId: z.string(),
        level: Level,
        message: z.string(),
        kind: z.string(),
        state: z.enum(['pending', 'sent', 'dead']),
        createdAt: At,
        endedAt: At.nullable(),
        attempts: z.int(),
        lastCode: z.string().nullable(),
        messageId: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'DeliveryPage' })
