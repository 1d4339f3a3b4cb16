import { Hono } from 'hono'
import { defaultFiringRules } from '../../../shared/alert/alert-rules.ts'
import type { AppEnv } from '../../../shared/http/app-env.ts'
import { contract, json } from '../../../shared/http/contract.ts'
import { requireRole } from '../../../shared/http/guards.ts'
import { type PreviewRulesDeps, previewRules } from './preview-rules.ts'
import { Preview, PreviewRequest, ResetRules, RuleSet, RuleSetChange } from './schema.ts'
import { type WriteRulesDeps, writeRules } from './write-rules.ts'

export type RuleRoutesDeps = PreviewRulesDeps & WriteRulesDeps

const tag = 'alerts'

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
