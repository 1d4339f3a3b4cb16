import { z } from 'zod'
import { systemRuleIds } from '../../../shared/alert/alert-state.ts'
import { metricNames } from '../../../shared/snapshot/snapshot.ts'
import { Id, Level, Text } from '../fields.ts'

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
