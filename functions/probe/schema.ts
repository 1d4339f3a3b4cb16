import { z } from 'zod'
import { eventSchema } from '../../shared/http/event-schema.ts'
import { maxJumps, NewConnection, Sha256, whole } from '../../shared/partner/connection-schema.ts'
import { Hop } from '../../shared/partner/partner-schema.ts'
import { reasons, stages } from '../../shared/reach/reach-error.ts'

export const ProbeRequest = NewConnection.meta({ id: 'ProbeRequest' })

const HostKey = z.object({ type: z.string(), sha256: z.string() })
const Stage = z.enum(stages)
const Reason = z.enum(reasons)
/** Without `hop` it is about the partner's own SSH server, or the database. */
const StageResult = z.object({ stage: Stage, hop: Hop.optional(), ok: z.boolean(), ms: z.number() })

const MissingRight = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  privilege: z.enum(['SELECT', 'INSERT', 'UPDATE']),
  /** `table`, `column`: it does not exist. */
  problem: z.enum(['right', 'table', 'column']),
  /** The statement that an administrator of the database runs to grant it. */
  grant: z.string().nullable(),
})
export type MissingRight = z.infer<typeof MissingRight>

const Cost = z.object({
  /** How long the snapshot's statement took, or until it was ended. */
  ms: z.int(),
  /** As the server estimates it. */
  rowsExamined: z.int(),
  /** What would save it reading a large table whole. */
  indexes: z.array(z.object({ table: z.string(), statement: z.string() })),
})
export type Cost = z.infer<typeof Cost>

export const ProbeResult = z
  .object({
    ok: z.boolean(),
    reason: Reason.nullable(),
    stage: Stage.nullable(),
    /** Where it failed, when that was at one of the hops. */
    hop: Hop.optional(),
    message: z.string(),
    responseTimeMs: z.int(),
    stages: z.array(StageResult),
    /** Of the server where it failed, or of the partner's own. */
    hostKey: HostKey.nullable(),
    /** Of the hops that it passed. */
    jumpKeys: z.array(HostKey),
    expectedHostKeySha256: z.string().nullable(),
    /** How the connection to the database is encrypted; `null`: it is not, or there is none. */
    tls: z
      .object({
        protocol: z.string(),
        cipher: z.string(),
        certificate: z.object({ subject: z.string(), issuer: z.string(), notAfter: z.iso.datetime() }).nullable(),
      })
      .nullable(),
    /** What an admin should know though the probe passed, a sentence each. */
    notes: z.array(z.string()),
    /** What a capture lacks when it could not read the database. */
    rights: z.object({ missing: z.array(MissingRight) }),
    /** What a capture costs the database; `null`: that is not known. */
    cost: Cost.nullable(),
  })
  .meta({ id: 'ProbeResult' })
export type ProbeResult = z.infer<typeof ProbeResult>

/** A stage that comes again replaces the one before: another type of host key is tried. `result` is the last event. */
export const ProbeEvent = z
  .discriminatedUnion('event', [eventSchema('stage', StageResult), eventSchema('result', ProbeResult)])
  .meta({ id: 'ProbeEvent' })

/** Without `hop` the key is that of the partner's own SSH server. */
export const Trust = z.strictObject({ sha256: Sha256, hop: whole(1, maxJumps).optional() })
export const TrustedKey = z.object({ hostKey: HostKey.extend({ trustedAt: z.iso.datetime(), trustedBy: z.string() }) })

export const LogQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), before: z.string().max(64).optional() })
export const LogPage = z
  .object({
    logs: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['probe', 'capture']),
        at: z.iso.datetime(),
        by: z.string(),
        ok: z.boolean(),
        reason: z.string().nullable(),
        stage: z.string().nullable(),
        message: z.string(),
        responseTimeMs: z.int(),
        stages: z.array(z.object({ stage: z.string(), hop: Hop.optional(), ok: z.boolean(), ms: z.number() })),
        hostKey: HostKey.nullable(),
      }),
    ),
    /** Send it as `before` for the next page; `null`: there is none. */
    next: z.string().nullable(),
  })
  .meta({ id: 'ConnectionLogPage' })
