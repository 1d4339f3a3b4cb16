import { z } from 'zod'
import { Instant } from '../../shared/fields.ts'

const Text = z.string().min(1).max(200)
const Values = z.record(z.string(), z.unknown()).nullable()

/** `actor` and `targetId` are ids; `before` is an entry's id. */
export const AuditQuery = z.object({
  actor: Text.optional(),
  action: Text.optional(),
  targetId: Text.optional(),
  collection: Text.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: Text.optional(),
})
export type AuditQuery = z.infer<typeof AuditQuery>

export const AuditPage = z
  .object({
    entries: z.array(
      z.object({
        id: z.string(),
        at: z.iso.datetime(),
        actor: z.object({ kind: z.enum(['user', 'token', 'system']), id: z.string(), name: z.string() }),
        action: z.string(),
        target: z.object({ collection: z.string(), id: z.string(), name: z.string() }),
        /** The values that changed, secrets masked. */
        before: Values,
        after: Values,
      }),
    ),
    /** Send it as `before` for the next page; `null`: there is none. */
    next: z.string().nullable(),
  })
  .meta({ id: 'AuditPage' })
export type AuditPage = z.infer<typeof AuditPage>
