import { z } from 'zod'
import { databaseFields, KeyText, NewConnection, Secret, Sha256, sshFields, tlsFields } from '../../shared/partner/connection-schema.ts'
import { Partner, profile } from '../../shared/partner/partner-schema.ts'

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
      .strictObject({
        ...databaseFields,
        password: Secret.nullable(),
        tls: tlsFields.tls,
        tlsCa: KeyText.nullable(),
        tlsCertificate: KeyText.nullable(),
        tlsKey: KeyText.nullable(),
      })
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

export const PartnerList = z.array(Partner).meta({ id: 'PartnerList' })

/** In the form that the import takes, without secrets. */
export const ExportedPartners = z
  .array(
    z.object({
      ...profile,
      db: z.object({ ...databaseFields, type: z.literal('mysql'), ...tlsFields }).partial({ tlsCa: true, tlsCertificate: true }),
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
