import { z } from 'zod'

export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    revision: z.string().nullable(),
    uptimeSeconds: z.int(),
    database: z.object({ ok: z.boolean(), engine: z.enum(['mongodb', 'embedded']), ms: z.int() }),
    sweep: z.object({ ok: z.boolean(), lastSweepAt: z.iso.datetime().nullable(), inFlight: z.int() }).nullable(),
    outbox: z.object({ ok: z.boolean(), depth: z.int(), oldestAgeSeconds: z.int() }).nullable(),
  })
  .meta({ id: 'Health' })
export type Health = z.infer<typeof Health>
