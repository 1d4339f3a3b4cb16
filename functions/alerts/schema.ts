import { z } from 'zod'
import { systemRuleIds } from '../../shared/alert/alert-state.ts'
import { isWebhookSecret } from '../../shared/alert/is-webhook-secret.ts'
import { Instant } from '../../shared/instant.ts'
import { firingLevels, metricNames } from '../../shared/snapshot/snapshot.ts'
import { cronProblem } from './maintenance/maintenance.ts'

const Level = z.enum(firingLevels)
const Id = z.string().min(1).max(64)
const Text = z.string().trim().min(1, 'is required')

const Condition = z.strictObject({
  metric: z.enum(metricNames),
  operator: z.enum(['<', '<=', '=', '>=', '>']),
  value: z.union([z.number(), z.strictObject({ metric: z.enum(metricNames) })], { error: 'must be a number or a metric' }),
})

const Rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
    level: Level,
    conditions: z.array(Condition).min(1, 'needs at least one condition').max(20),
    message: Text.max(300).superRefine((message, context) => {
      for (const [, name] of message.matchAll(/\{(\w+)\}/g))
        if (!metricNames.some((metric) => metric === name)) context.addIssue({ code: 'custom', message: `{${name}} is not a metric` })
    }),
    for: z.int().min(1).max(100).default(1),
    keepFor: z.int().min(1).max(100).default(2),
    isOn: z.boolean().default(true),
  })
  .meta({ id: 'AlertRule' })

const RuleList = z
  .array(Rule)
  .max(100)
  .superRefine((rules, context) => {
    for (const [index, rule] of rules.entries()) {
      const issue = (message: string) => context.addIssue({ code: 'custom', path: [index, 'id'], message })
      if (rules.findIndex((other) => other.id === rule.id) !== index) issue('is used twice')
      if (systemRuleIds.some((id) => id === rule.id)) issue('belongs to the product')
    }
  })
export const RuleSet = z.object({ version: z.int().min(0), rules: z.array(Rule) }).meta({ id: 'AlertRuleSet' })
export const RuleSetChange = z.strictObject({ version: z.int().min(0), rules: RuleList }).meta({ id: 'AlertRuleSetChange' })
export const ResetRules = z.strictObject({ version: z.int().min(0) })

export const PreviewRequest = z
  .strictObject({ hours: z.int().min(1).max(168).default(24), rules: RuleList.optional(), partnerIds: z.array(Id).max(1_000).optional() })
  .meta({ id: 'AlertRulePreviewRequest' })
export type PreviewRequest = z.infer<typeof PreviewRequest>
export const Preview = z
  .object({
    alerts: z.array(
      z.object({
        partnerId: z.string(),
        ruleId: z.string(),
        level: Level,
        message: z.string(),
        firedAt: z.iso.datetime(),
        resolvedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'AlertRulePreview' })

const At = z.iso.datetime()
export const Alert = z
  .object({
    id: z.string(),
    partnerId: z.string().nullable(),
    partnerName: z.string().nullable(),
    ruleId: z.string(),
    level: Level,
    state: z.enum(['firing', 'resolved']),
    message: z.string(),
    firedAt: At,
    resolvedAt: At.nullable(),
    acknowledged: z.object({ at: At, by: z.string(), note: z.string().nullable() }).nullable(),
    dismissed: z.object({ at: At, by: z.string(), reason: z.string(), until: At }).nullable(),
    escalatedAt: At.nullable(),
    inhibitedBy: z.string().nullable(),
    /** The planned maintenance that holds it back now. */
    maintenance: z.object({ name: z.string(), until: At }).nullable(),
    events: z.array(z.object({ n: z.int(), type: z.string(), at: At, by: z.string().nullable(), note: z.string().nullable() })),
    deliveries: z.array(
      z.object({
        rowId: z.string(),
        channelId: z.string(),
        channelName: z.string(),
        at: At,
        outcome: z.enum(['sent', 'retried', 'dead']),
        code: z.string(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Alert' })
export const AlertPage = z.object({ alerts: z.array(Alert), next: z.string().nullable() }).meta({ id: 'AlertPage' })
export const AlertQuery = z.object({
  state: z.enum(['firing', 'resolved', 'dismissed']).optional(),
  partnerId: Id.optional(),
  level: Level.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: Id.optional(),
})
export type AlertQuery = z.infer<typeof AlertQuery>
export const Summary = z.object({ critical: z.int(), high: z.int(), medium: z.int(), firing: z.int() }).meta({ id: 'AlertSummary' })

export const Acknowledgement = z.strictObject({ note: Text.max(500).optional() })
export const Dismissal = z.strictObject({ until: Instant, reason: Text.max(500) })

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
  email: z.strictObject({ to: z.array(z.email()).min(1, 'needs an address').max(50) }),
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

export const DispatchResult = z.object({ sent: z.int(), retried: z.int(), dead: z.int() }).meta({ id: 'DispatchResult' })
export const DeliveryQuery = z.object({
  state: z.enum(['pending', 'sent', 'dead']).optional(),
  alertId: Id.optional(),
  channelId: Id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().max(200).optional(),
})
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

const Schedule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('once'), from: Instant, to: Instant }),
  z.strictObject({
    type: z.literal('recurring'),
    cron: Text.max(100),
    timezone: Text.max(64).default('America/New_York'),
    durationMinutes: z.int().min(1).max(10_080),
  }),
])
export const NewMaintenance = z
  .strictObject({ name: Text.max(100), partnerIds: z.array(Id).max(1_000).nullable().default(null), schedule: Schedule })
  .superRefine(({ schedule }, context) => {
    if (schedule.type === 'once') {
      if (schedule.from >= schedule.to) context.addIssue({ code: 'custom', path: ['schedule', 'to'], message: 'must be after from' })
      return
    }
    const { cron, timezone } = schedule
    const isZone = cronProblem('* * * * *', timezone) === null
    const problem = isZone ? cronProblem(cron, timezone) : 'must be an IANA time zone such as America/New_York'
    if (problem) context.addIssue({ code: 'custom', path: ['schedule', isZone ? 'cron' : 'timezone'], message: problem })
  })
  .meta({ id: 'NewMaintenance' })
export type NewMaintenance = z.infer<typeof NewMaintenance>
export const Maintenance = z
  .object({
    id: z.string(),
    name: z.string(),
    partnerIds: z.array(z.string()).nullable(),
    schedule: z.looseObject({ type: z.enum(['once', 'recurring']) }),
    isOpen: z.boolean(),
    next: z.object({ from: At, to: At }).nullable(),
    createdBy: z.string(),
    createdAt: At,
  })
  .meta({ id: 'Maintenance' })
