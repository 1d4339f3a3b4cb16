import type { MetricName } from '../../../../../shared/snapshot/snapshot.ts'
import type { RuleView } from '../alert-views.ts'

type Condition = RuleView['conditions'][number]

/** A condition as its fields have it: against a number as it was typed, or another metric. */
export type ConditionValues = { metric: MetricName; operator: Condition['operator']; against: 'number' | MetricName; number: string }
export type RuleValues = Omit<RuleView, 'conditions' | 'for' | 'keepFor'> & { conditions: ConditionValues[]; for: string; keepFor: string }

export const newCondition: ConditionValues = { metric: 'queuedCalls', operator: '>', against: 'number', number: '' }

export const newRuleValues: RuleValues = {
  id: '',
  level: 'HIGH',
  conditions: [newCondition],
  message: '',
  for: '1',
  keepFor: '2',
  isOn: true,
}

const conditionValues = ({ metric, operator, value }: Condition): ConditionValues =>
  typeof value === 'number'
    ? { metric, operator, against: 'number', number: String(value) }
    : { metric, operator, against: value.metric, number: '' }

export const ruleValues = (rule: RuleView): RuleValues => ({
  ...rule,
  conditions: rule.conditions.map(conditionValues),
  for: String(rule.for),
  keepFor: String(rule.keepFor),
})

/** An empty field is not a number, and not zero. */
const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

export const toRule = (values: RuleValues): RuleView => ({
  ...values,
  conditions: values.conditions.map(({ metric, operator, against, number }) => ({
    metric,
    operator,
    value: against === 'number' ? toNumber(number) : { metric: against },
  })),
  for: toNumber(values.for),
  keepFor: toNumber(values.keepFor),
})

/** Rules as the API takes them. */
export const toRuleList = (rules: readonly RuleView[]) => rules.map((rule) => ({ ...rule, conditions: [...rule.conditions] }))
