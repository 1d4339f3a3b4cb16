import { z } from 'zod'
import { databaseFields, Port, Text, Tls, whole } from './connection-schema.ts'

// Intl takes offsets such as +05:30 as well, which know no daylight saving time.
const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

/** What a partner is called, how it counts, and whether it is watched. */
export const profile = {
  partnerName: Text,
  tenantId: whole(0, Number.MAX_SAFE_INTEGER),
  timezone: z.string().refine(isTimeZone, 'must be an IANA time zone such as America/New_York'),
  isActive: z.boolean(),
  priority: whole(1, 10),
  concurrencyLimit: whole(0, 100_000),
  maxConcurrency: whole(0, 100_000),
  pauseNonPriorityCampaigns: z.boolean(),
}

/** One of `ssh.jumps`, counted from 1. */
export const Hop = z.object({ number: z.int(), of: z.int(), host: z.string() }).meta({ id: 'Hop' })

const HostKey = z.object({ type: z.string(), sha256: z.string() })

/** A login to an SSH server as the API shows it, with the key that the server has to have. */
const SshLogin = z.object({
  host: z.string(),
  port: Port,
  username: z.string(),
  hasPassword: z.boolean(),
  hasPrivateKey: z.boolean(),
  hasPassphrase: z.boolean(),
  certificate: z.string().nullable(),
  trustOnFirstUse: z.boolean(),
  hostCa: z.array(z.string()),
  revokedKeys: z.array(z.string()),
  hostKey: HostKey.extend({ trustedAt: z.iso.datetime(), trustedBy: z.string() }).nullable(),
  presentedHostKey: HostKey.nullable(),
})

/** A partner as the API shows it: of secrets only whether they are there. */
export const Partner = z
  .object({
    id: z.string(),
    ...profile,
    db: z.object({
      ...databaseFields,
      type: z.literal('mysql'),
      hasPassword: z.boolean(),
      tls: Tls,
      tlsCa: z.string().nullable(),
      tlsCertificate: z.string().nullable(),
      hasTlsKey: z.boolean(),
    }),
    ssh: SshLogin.extend({ enabled: z.boolean(), jumps: z.array(SshLogin) }),
    sync: z.object({
      status: z.enum(['NEVER_SYNCED', 'IN_PROGRESS', 'SUCCESS', 'FAILED']),
      lastSyncAt: z.iso.datetime().nullable(),
      lastError: z
        .object({
          reason: z.string(),
          stage: z.string(),
          hop: Hop.optional(),
          message: z.string(),
          at: z.iso.datetime(),
        })
        .nullable(),
      consecutiveFailures: z.int(),
      certificateEndsAt: z.iso.datetime().nullable(),
    }),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Partner' })
export type Partner = z.infer<typeof Partner>
