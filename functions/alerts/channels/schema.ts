import { z } from 'zod'
import { isWebhookSecret } from '../../../shared/alert/is-webhook-secret.ts'
import { MailAddress } from '../../../shared/mail-address.ts'
import { At, Id, Level, Text } from '../fields.ts'

const https = z.url({ protocol: /^https?$/, message: 'must be an http(s) URL' }).max(1_000)
const Secret = z.string().max(200).refine(isWebhookSecret, 'must have at least 16 characters, or be whsec_ and base64')
const channelFields = {
  name: Text.max(100),
  isActive: z.boolean(),
  levels: z.array(Level).min(1, 'needs at least one level'),
  partnerIds: z.array(Id).max(1_000).nullable(),
  isEscalation: z.boolean(),
}
const config = {
  email: z.strictObject({ to: z.array(MailAddress).min(1, 'needs an address').max(50) }),
  slack: z.strictObject({ url: https }),
  webhook: z.strictObject({ url: https, secret: Secret }),
  pagerduty: z.strictObject({ routingKey: z.string().min(16).max(64) }),
}
const withDefaults = {
  ...channelFields,
  isActive: channelFields.isActive.default(true),
  levels: channelFields.levels.default(['CRITICAL', 'HIGH']),
  partnerIds: channelFields.partnerIds.default(null),
  isEscalation: channelFields.isEscalation.default(false),
}
export const NewChannel = z
  .discriminatedUnion('type', [
    z.strictObject({ ...withDefaults, type: z.literal('email'), config: config.email }),
    z.strictObject({ ...withDefaults, type: z.literal('slack'), config: config.slack }),
    z.strictObject({ ...withDefaults, type: z.literal('webhook'), config: config.webhook }),
    z.strictObject({ ...withDefaults, type: z.literal('pagerduty'), config: config.pagerduty }),
  ])
  .meta({ id: 'NewAlertChannel' })
export type NewChannel = z.infer<typeof NewChannel>
export const ChannelPatch = z
  .strictObject({ version: z.int().min(1), ...z.object(channelFields).partial().shape, config: z.looseObject({}).optional() })
  .meta({ id: 'AlertChannelPatch' })
export type ChannelPatch = z.infer<typeof ChannelPatch>
export const channelConfig = config

export const Channel = z
  .object({
    id: z.string(),
    type: z.enum(['email', 'slack', 'webhook', 'pagerduty']),
    ...channelFields,
    config: z.object({
      to: z.array(z.string()).optional(),
      url: z.string().optional(),
      hasUrl: z.boolean().optional(),
      hasSecret: z.boolean().optional(),
      hasRoutingKey: z.boolean().optional(),
    }),
    problem: z.object({ at: At, code: z.string(), message: z.string() }).nullable(),
    version: z.int(),
    createdAt: At,
    updatedAt: At,
  })
  .meta({ id: 'AlertChannel' })
export const TestResult = z.object({ ok: z.boolean(), code: z.string(), message: z.string() }).meta({ id: 'AlertChannelTest' })
