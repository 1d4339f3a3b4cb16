import { expect, test } from 'vitest'
import { RuleSetChange } from '../../../../../functions/alerts/rules/schema.ts'
import { defaultRules } from '../../../../../shared/alert/alert-rules.ts'
import type { RuleView } from '../alert-views.ts'
import { newRuleValues, ruleValues, toRule } from './rule-form.ts'

const problems = (rule: RuleView) =>
  RuleSetChange.safeParse({ version: 1, rules: [rule] }).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []

test('a rule goes through the form unchanged', () => {
  for (const { id, conditions, message } of defaultRules) {
    const rule: RuleView = { id, level: 'HIGH', conditions: [...conditions], message, for: 3, keepFor: 5, isOn: false }
    expect(toRule(ruleValues(rule))).toEqual(rule)
    expect(problems(rule)).toEqual([])
  }
})

test('a threshold that is empty or no number is refused at its field, never taken for zero', () => {
  const rule = { ...newRuleValues, id: 'mine', message: 'It waits' }
  const problem = 'rules.0.conditions.0.value must be a number or a metric'
  for (const number of ['', ' ', 'many'])
    expect(problems(toRule({ ...rule, conditions: [{ ...newRuleValues.conditions[0]!, number }] }))).toEqual([problem])
  expect(problems(toRule({ ...rule, conditions: [{ ...newRuleValues.conditions[0]!, number: '0' }] }))).toEqual([])
})
