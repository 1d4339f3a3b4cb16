import type { SystemRuleId } from '../../../../shared/alert/alert-state.ts'

const systemRules: Record<SystemRuleId, string> = {
  'fleet-failing': 'half of the fleet fails',
  'host-key-changed': 'host key changed',
  'partner-overload': 'partner overload',
  'ssh-down': 'SSH down',
  'database-down': 'database down',
  stale: 'no recent snapshot',
  'certificate-ending': 'certificate ends soon',
}

/** What a rule is called: those that come from captures have a name, the others their id. */
export const ruleName = (ruleId: string): string => systemRules[ruleId as SystemRuleId] ?? ruleId
