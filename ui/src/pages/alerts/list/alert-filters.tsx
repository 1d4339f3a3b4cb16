import { useSearchParams } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { ComboboxField } from '../../../components/combobox-field.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { useZone } from '../../../time/zone-context.tsx'
import { createPartnerNames } from '../create-partner-names.ts'
import { type AlertFilter, firedChoices } from './alert-filter.ts'

const levelChoices = [
  { value: 'any', label: 'All levels' },
  { value: 'CRITICAL', label: 'Critical' },
  { value: 'HIGH', label: 'High' },
  { value: 'MEDIUM', label: 'Medium' },
] as const

export const AlertFilters = () => {
  const [filter, setFilter] = useSearchParams<AlertFilter>()
  const { zone } = useZone()
  const partners = createPartnerNames()
  const set = (change: AlertFilter) => setFilter(change, { replace: true, scroll: false })
  const choiceOf = <Choice extends { value: string }>(choices: readonly Choice[], value: string | undefined) =>
    (choices.find((choice) => choice.value === value) ?? choices[0])?.value ?? 'any'
  return (
    <search class="mb-3 flex flex-wrap items-end gap-2">
      <SelectField
        label="Level"
        class="w-32"
        options={levelChoices}
        value={choiceOf(levelChoices, filter.level)}
        onChange={(level) => set({ level: level === 'any' ? '' : level })}
      />
      <ComboboxField
        label="Partner"
        class="w-52"
        placeholder="All partners"
        options={partners.options()}
        value={filter.partner ?? null}
        onChange={(partner) => set({ partner })}
      />
      <SelectField
        label="Fired"
        class="w-40"
        options={firedChoices}
        value={choiceOf(firedChoices, filter.fired)}
        onChange={(fired) => set({ fired: fired === 'any' ? '' : fired })}
      />
      <Show when={filter.fired === 'between'}>
        <TextField label={`From (${zone()})`} type="datetime-local" value={filter.from ?? ''} onInput={(from) => set({ from })} />
        <TextField label={`To (${zone()})`} type="datetime-local" value={filter.to ?? ''} onInput={(to) => set({ to })} />
      </Show>
      <Show when={filter.level || filter.partner || filter.fired}>
        <Button look="ghost" onClick={() => set({ level: '', partner: '', fired: '', from: '', to: '' })}>
          Clear the filters
        </Button>
      </Show>
    </search>
  )
}
