import { z } from 'zod'

export const Health = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    version: z.string(),
    revision: z.string().nullable(),
    uptimeSeconds: z.int(),
    database: z.object({ ok: z.boolean(), engine: z.enum(['mongodb', 'embedded']), ms: z.int() }),
    sweep: z.object({ ok: z.boolean(), lastSweepAt: z.iso.datetime().nullable(), inFlight: z.int() }).nullable(),
    /** Whether the database takes writes: tried every 15 s; `null`: not tried yet. */
    writes: z.object({ ok: z.boolean(), lastOkAt: z.iso.datetime().nullable() }).nullable(),
    /** Active partners, and those of them without a capture, good or failed, for three intervals; `null`: not known. */
    captures: z.object({ ok: z.boolean(), active: z.int(), late: z.int() }).nullable(),
    /** How late the event loop was in the last 15 to 30 s; `null`: the platform does not tell. */
    eventLoop: z.object({ ok: z.boolean(), p99Ms: z.int(), maxMs: z.int() }).nullable(),
    /** By how much the clock was set in the last ten minutes. */
    clock: z.object({ ok: z.boolean(), jumpSeconds: z.int() }),
    outbox: z.object({ ok: z.boolean(), depth: z.int(), oldestAgeSeconds: z.int() }).nullable(),
  })
  .meta({ id: 'Health' })
export type Health = z.infer<typeof Health>
