import { Hono } from 'hono'
import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { defaultFiringRules } from '../../../shared/alert/alert-rules.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor, AppEnv } from '../../../shared/http/app-env.ts'
import { contract, json } from '../../../shared/http/contract.ts'
import { requireRole } from '../../../shared/http/guards.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertRuleSet } from '../../../shared/node/mongo/alerts/alert-rule-set.ts'
import { type PreviewRulesDeps, previewRules } from './preview-rules.ts'
import { Preview, PreviewRequest, ResetRules, RuleSet, RuleSetChange } from './schema.ts'

export type RuleRoutesDeps = PreviewRulesDeps & { rules: Pick<AlertRuleSet, 'readSet' | 'write'>; audit: Pick<AuditLog, 'record'> }

const tag = 'alerts'

const writeRules = async (deps: RuleRoutesDeps, actor: Actor, version: number, rules: readonly FiringRule[]) => {
  const before = await deps.rules.readSet()
  if (before.version !== version || !(await deps.rules.write(version, rules)))
    throw new AppError('conflict', 'The rules were changed since you read them: read them again and repeat your change.')
  const target = { collection: 'alert_rules', id: 'rules', name: 'rules' }
  await deps.audit.record({ actor, action: 'rules.update', target, before: { rules: before.rules }, after: { rules } })
  return deps.rules.readSet()
}

export const ruleRoutes = (deps: RuleRoutesDeps) =>
  new Hono<AppEnv>()
    .get(
      '/',
      contract({ summary: 'Read the alert rules', tag, answers: { 200: RuleSet } }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json(await deps.rules.readSet()),
    )
    .put(
      '/',
      contract({ summary: 'Replace the alert rules', tag, answers: { 200: RuleSet }, errors: ['bad_request', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(RuleSetChange),
      async (c) => {
        const { version, rules } = c.req.valid('json')
        return c.json(await writeRules(deps, c.get('actor'), version, rules))
      },
    )
    .post(
      '/reset',
      contract({
        summary: 'Return to the rules that come with the product',
        tag,
        answers: { 200: RuleSet },
        errors: ['bad_request', 'conflict'],
      }),
      requireRole('ADMIN', 'alerts:write'),
      json(ResetRules),
      async (c) => c.json(await writeRules(deps, c.get('actor'), c.req.valid('json').version, defaultFiringRules)),
    )
    .post(
      '/preview',
      contract({
        summary: 'Say what a rule set would have fired over the last hours',
        tag,
        answers: { 200: Preview },
        errors: ['bad_request'],
      }),
      requireRole('VIEWER', 'alerts:read'),
      json(PreviewRequest),
      async (c) => {
        const { hours, partnerIds, rules } = c.req.valid('json')
        const previewed = rules ?? (await deps.rules.readSet()).rules
        return c.json({ alerts: await previewRules(deps, previewed, { hours, partnerIds, signal: c.req.raw.signal }) })
      },
    )
