import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { rulesTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertRuleSet } from '../../../shared/node/mongo/alerts/alert-rule-set.ts'

export type WriteRulesDeps = { rules: Pick<AlertRuleSet, 'readSet' | 'write'>; audit: Pick<AuditLog, 'record'> }

/** Replaces the rule set, when it is still the one that was read. @throws AppError `conflict` */
export const writeRules = async (deps: WriteRulesDeps, actor: Actor, version: number, rules: readonly FiringRule[]) => {
  const before = await deps.rules.readSet()
  if (before.version !== version || !(await deps.rules.write(version, rules)))
    throw new AppError('conflict', 'The rules were changed since you read them: read them again and repeat your change.')
  await deps.audit.record({ actor, action: 'rules.update', target: rulesTarget, before: { rules: before.rules }, after: { rules } })
  return deps.rules.readSet()
}
