import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { Index, Show } from 'solid-js'
import { metricNames } from '../../../../../shared/snapshot/snapshot.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { metricWords, operatorSigns } from './describe-rule.ts'
import { type ConditionValues, newCondition } from './rule-form.ts'

const metrics = metricNames.map((metric) => ({ value: metric, label: metricWords[metric] }))
const operators = (['<', '<=', '=', '>=', '>'] as const).map((operator) => ({ value: operator, label: operatorSigns[operator] }))
const againsts = [{ value: 'number' as const, label: 'a number' }, ...metrics]

/** The conditions of a rule, all of which must hold. */
export const ConditionFields = (props: {
  conditions: readonly ConditionValues[]
  onChange: (conditions: ConditionValues[]) => void
  error: (index: number) => string | undefined
}) => {
  const set = (index: number, change: Partial<ConditionValues>) =>
    props.onChange(props.conditions.map((condition, place) => (place === index ? { ...condition, ...change } : condition)))
  return (
    <fieldset class="flex flex-col gap-2">
      <legend class="mb-1 text-sm font-medium">It matches when all of this holds</legend>
      <Index each={props.conditions}>
        {(condition, index) => (
          <div class="flex flex-wrap items-end gap-2 rounded-md border border-line p-2">
            <SelectField
              label={`Metric of condition ${index + 1}`}
              hideLabel
              class="min-w-44 flex-1"
              options={metrics}
              value={condition().metric}
              onChange={(metric) => set(index, { metric })}
            />
            <SelectField
              label={`Operator of condition ${index + 1}`}
              hideLabel
              class="w-18"
              options={operators}
              value={condition().operator}
              onChange={(operator) => set(index, { operator })}
            />
            <SelectField
              label={`What condition ${index + 1} is compared with`}
              hideLabel
              class="min-w-36 flex-1"
              options={againsts}
              value={condition().against}
              onChange={(against) => set(index, { against })}
            />
            <Show when={condition().against === 'number'}>
              <TextField
                label={`Number of condition ${index + 1}`}
                hideLabel
                class="w-24"
                inputMode="decimal"
                value={condition().number}
                onInput={(number) => set(index, { number })}
              />
            </Show>
            <IconButton
              label={`Remove condition ${index + 1}`}
              disabled={props.conditions.length === 1}
              onClick={() => props.onChange(props.conditions.filter((_, place) => place !== index))}
            >
              <Trash size={15} aria-hidden="true" />
            </IconButton>
            <Show when={props.error(index)}>
              <p class="w-full text-sm text-critical">{props.error(index)}</p>
            </Show>
          </div>
        )}
      </Index>
      <Button size="small" class="self-start" onClick={() => props.onChange([...props.conditions, newCondition])}>
        <Plus size={14} aria-hidden="true" />
        Add a condition
      </Button>
    </fieldset>
  )
}
