import { z } from 'zod'
import {
  databaseFields,
  HostCa,
  HostKeyPin,
  jumpsOf,
  KeyText,
  NewConnection,
  Port,
  RevokedKeys,
  Secret,
  sshAddress,
  sshLoginPatch,
  tlsFields,
} from '../../shared/partner/connection-schema.ts'
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

const JumpPatch = z.strictObject({ ...sshAddress, port: Port.default(22), ...z.object(sshLoginPatch).partial().shape })

/** What is not sent stays; `null` clears. `ssh.jumps` replaces all hops. `version` is the one that was read. */
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
      .strictObject({ enabled: z.boolean(), ...sshAddress, ...sshLoginPatch, jumps: jumpsOf(JumpPatch) })
      .partial()
      .optional(),
  })
  .meta({ id: 'PartnerPatch' })
export type PartnerPatch = z.infer<typeof PartnerPatch>

export const PartnerList = z.array(Partner).meta({ id: 'PartnerList' })

const exportedLogin = z
  .object({ certificate: z.string(), hostKeySha256: HostKeyPin, trustOnFirstUse: z.boolean(), hostCa: HostCa, revokedKeys: RevokedKeys })
  .partial().shape

/** In the form that the import takes, without secrets. */
export const ExportedPartners = z
  .array(
    z.object({
      ...profile,
      db: z.object({ ...databaseFields, type: z.literal('mysql'), ...tlsFields }).partial({ tlsCa: true, tlsCertificate: true }),
      ssh: z.object({
        enabled: z.boolean(),
        ...z.object(sshAddress).partial({ host: true, username: true }).shape,
        ...exportedLogin,
        jumps: z.array(z.object({ ...sshAddress, ...exportedLogin })).optional(),
      }),
    }),
  )
  .meta({ id: 'ExportedPartners' })

export const ExportQuery = z.object({ format: z.enum(['json', 'csv']).default('json') })
export const ImportQuery = z.object({
  dryRun: z.enum(['true', 'false']).default('false'),
  format: z.literal('ssh-config').optional(),
})

/** An OpenSSH client configuration, lines of known_hosts in it, and by the name of a host what it lacks as a partner. */
export const SshConfigImport = z.strictObject(
  {
    sshConfig: z.string('must be the text of an SSH configuration'),
    partners: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'must be an object with sshConfig' : undefined) },
)
export type SshConfigImport = z.infer<typeof SshConfigImport>

const ServerDraft = z.object({
  host: z.string(),
  port: z.int(),
  username: z.string().optional(),
  hostKeySha256: z.string().optional(),
  hostCa: z.array(z.string()).optional(),
  revokedKeys: z.array(z.string()).optional(),
})

/** A host of an SSH configuration as a partner that is to be completed; `files` are those that the configuration names for a field. */
const ImportDraft = z.object({
  row: z.int(),
  host: z.string(),
  partner: z.object({
    partnerName: z.string(),
    db: z.object({ host: z.string(), port: z.int() }).optional(),
    ssh: ServerDraft.extend({ jumps: z.array(ServerDraft).optional() }),
  }),
  files: z.record(z.string(), z.array(z.string())),
  notes: z.array(z.string()),
})

export const ImportResult = z
  .object({
    dryRun: z.boolean(),
    rows: z.int(),
    created: z.array(z.object({ row: z.int(), id: z.string(), partnerName: z.string() })),
    errors: z.array(z.object({ row: z.int(), path: z.string(), message: z.string() })),
    drafts: z.array(ImportDraft).optional(),
  })
  .meta({ id: 'ImportResult' })
export type ImportResult = z.infer<typeof ImportResult>
