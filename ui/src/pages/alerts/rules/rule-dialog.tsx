import { RuleSetChange } from '../../../../../functions/alerts/rules/schema.ts'
import { CheckField } from '../../../components/check-field.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { createForm } from '../../../form/create-form.ts'
import { FormDialog } from '../../../form/form-dialog.tsx'
import type { RuleView } from '../alert-views.ts'
import { ConditionFields } from './condition-fields.tsx'
import { newRuleValues, ruleValues, toRule } from './rule-form.ts'

const levels = [
  { value: 'CRITICAL', label: 'Critical' },
  { value: 'HIGH', label: 'High' },
  { value: 'MEDIUM', label: 'Medium' },
] as const

/** Edits a rule of the set, or adds one. Nothing is saved: `onDone` gets the rule. */
const RuleDialog = (props: {
  rules: readonly RuleView[]
  /** The rule's place; beyond the end for a new one. */
  index: number
  onDone: (rule: RuleView) => void
  onClose: () => void
}) => {
  const { index } = props
  const edited = props.rules[index]
  const form = createForm({
    initial: edited ? ruleValues(edited) : newRuleValues,
    // The whole set is checked, as ids must differ.
    schema: RuleSetChange,
    toInput: (values) => ({ version: 0, rules: props.rules.toSpliced(index, 1, toRule(values)) }),
    submit: async ({ rules }) => {
      const rule = rules[index]
      if (rule) props.onDone(rule)
    },
  })
  const path = (field: string) => `rules.${index}.${field}`
  const conditionPath = (place: number) => path(`conditions.${place}.value`)
  const shown = () => [
    ...['id', 'level', 'message', 'for', 'keepFor'].map(path),
    ...form.values.conditions.map((_, place) => conditionPath(place)),
  ]
  return (
    <FormDialog
      wide
      title={edited ? `Edit ${edited.id}` : 'New rule'}
      form={form}
      fields={shown()}
      action={edited ? 'Change' : 'Add'}
      onClose={props.onClose}
    >
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Id"
          value={form.values.id}
          onInput={(id) => form.setValues({ id })}
          placeholder="lines-busy"
          description="Lower-case letters, digits and hyphens. It cannot be changed later."
          disabled={edited !== undefined}
          spellcheck={false}
          required
          error={form.error(path('id'))}
        />
        <SelectField label="Level" options={levels} value={form.values.level} onChange={(level) => form.setValues({ level })} />
      </div>
      <ConditionFields
        conditions={form.values.conditions}
        onChange={(conditions) => form.setValues({ conditions })}
        error={(place) => form.error(conditionPath(place))}
      />
      <TextField
        label="Message"
        value={form.values.message}
        onInput={(message) => form.setValues({ message })}
        placeholder="{queuedCalls} calls wait"
        description={`Metrics in braces are filled in, such as ${[...new Set(form.values.conditions.map(({ metric }) => `{${metric}}`))].join(', ')}.`}
        required
        error={form.error(path('message'))}
      />
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Snapshots in a row until it fires"
          inputMode="numeric"
          value={form.values.for}
          onInput={(text) => form.setValues({ for: text })}
          error={form.error(path('for'))}
        />
        <TextField
          label="Snapshots in a row until it resolves"
          inputMode="numeric"
          value={form.values.keepFor}
          onInput={(keepFor) => form.setValues({ keepFor })}
          error={form.error(path('keepFor'))}
        />
      </div>
      <CheckField label="On" checked={form.values.isOn} onChange={(isOn) => form.setValues({ isOn })} />
    </FormDialog>
  )
}

export default RuleDialog
