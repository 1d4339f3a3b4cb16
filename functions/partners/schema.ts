import { z } from 'zod'
import {
  databaseFields,
  KeyText,
  NewConnection,
  Port,
  Secret,
  Sha256,
  sshFields,
  Text,
  whole,
} from '../../shared/partner/connection-schema.ts'

// Intl takes offsets such as +05:30 as well, which know no daylight saving time.
const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

const profile = {
  partnerName: Text,
  tenantId: whole(0, Number.MAX_SAFE_INTEGER),
  timezone: z.string().refine(isTimeZone, 'must be an IANA time zone such as America/New_York'),
  isActive: z.boolean(),
  priority: whole(1, 10),
  concurrencyLimit: whole(0, 100_000),
  maxConcurrency: whole(0, 100_000),
  pauseNonPriorityCampaigns: z.boolean(),
}

export const NewPartner = z
  .strictObject({
    ...profile,
    ...NewConnection.shape,
    tenantId: profile.tenantId.default(0),
    timezone: profile.timezone.default('America/New_York'),
    isActive: profile.isActive.default(true),
    priority: profile.priority.default(4),
    concurrencyLimit: profile.concurrencyLimit.default(10),
    maxConcurrency: profile.maxConcurrency.default(50),
    pauseNonPriorityCampaigns: profile.pauseNonPriorityCampaigns.default(false),
  })
  .meta({ id: 'NewPartner' })
export type NewPartner = z.infer<typeof NewPartner>

/** What is not sent stays; `null` clears. `version` is the one that was read. */
export const PartnerPatch = z
  .strictObject({
    version: z.int().min(1),
    ...z.object(profile).partial().shape,
    db: z
      .strictObject({ ...databaseFields, password: Secret.nullable() })
      .partial()
      .optional(),
    ssh: z
      .strictObject({
        ...sshFields,
        password: Secret.nullable(),
        privateKey: KeyText.nullable(),
        passphrase: Secret.nullable(),
        hostKeySha256: Sha256.nullable(),
        trustOnFirstUse: z.boolean(),
      })
      .partial()
      .optional(),
  })
  .meta({ id: 'PartnerPatch' })
export type PartnerPatch = z.infer<typeof PartnerPatch>

const HostKey = z.object({ type: z.string(), sha256: z.string() })

export const Partner = z
  .object({
    id: z.string(),
    ...profile,
    db: z.object({ ...databaseFields, type: z.literal('mysql'), hasPassword: z.boolean() }),
    ssh: z.object({
      enabled: z.boolean(),
      host: z.string(),
      port: Port,
      username: z.string(),
      hasPassword: z.boolean(),
      hasPrivateKey: z.boolean(),
      hasPassphrase: z.boolean(),
      trustOnFirstUse: z.boolean(),
      hostKey: HostKey.extend({ trustedAt: z.iso.datetime(), trustedBy: z.string() }).nullable(),
      presentedHostKey: HostKey.nullable(),
    }),
    sync: z.object({
      status: z.enum(['NEVER_SYNCED', 'IN_PROGRESS', 'SUCCESS', 'FAILED']),
      lastSyncAt: z.iso.datetime().nullable(),
      lastError: z.object({ reason: z.string(), stage: z.string(), message: z.string(), at: z.iso.datetime() }).nullable(),
      consecutiveFailures: z.int(),
    }),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Partner' })

export const PartnerList = z.array(Partner).meta({ id: 'PartnerList' })

/** In the form that the import takes, without secrets. */
export const ExportedPartners = z
  .array(
    z.object({
      ...profile,
      db: z.object({ ...databaseFields, type: z.literal('mysql') }),
      ssh: z.object({ ...sshFields, hostKeySha256: Sha256, trustOnFirstUse: z.boolean() }).partial({
        host: true,
        username: true,
        hostKeySha256: true,
        trustOnFirstUse: true,
      }),
    }),
  )
  .meta({ id: 'ExportedPartners' })

export const ExportQuery = z.object({ format: z.enum(['json', 'csv']).default('json') })
export const ImportQuery = z.object({ dryRun: z.enum(['true', 'false']).default('false') })

export const ImportResult = z
  .object({
    dryRun: z.boolean(),
    rows: z.int(),
    created: z.array(z.object({ row: z.int(), id: z.string(), partnerName: z.string() })),
    errors: z.array(z.object({ row: z.int(), path: z.string(), message: z.string() })),
  })
  .meta({ id: 'ImportResult' })
export type ImportResult = z.infer<typeof ImportResult>
