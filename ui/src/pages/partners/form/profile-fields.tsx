import { createUniqueId, For } from 'solid-js'
import { CheckField } from '../../../components/check-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { fieldLabels } from './field-labels.ts'

type Form = PartnerFormModel['form']
type NumberName = 'tenantId' | 'priority' | 'concurrencyLimit' | 'maxConcurrency'

const NumberField = (props: { form: Form; name: NumberName; description?: string }) => (
  <div onFocusOut={() => props.form.leave(props.name)}>
    <TextField
      label={fieldLabels[props.name] ?? ''}
      inputMode="numeric"
      autocomplete="off"
      value={props.form.values[props.name]}
      onInput={(text) => props.form.setValues(props.name, text)}
      error={props.form.error(props.name)}
      description={props.description}
    />
  </div>
)

const TimeZoneField = (props: { form: Form }) => {
  const list = createUniqueId()
  return (
    <div onFocusOut={() => props.form.leave('timezone')}>
      <TextField
        label={fieldLabels['timezone'] ?? ''}
        list={list}
        autocomplete="off"
        spellcheck={false}
        value={props.form.values.timezone}
        onInput={(zone) => props.form.setValues('timezone', zone)}
        error={props.form.error('timezone')}
        description="“Today” starts at midnight in this zone."
      />
      <datalist id={list}>
        <For each={Intl.supportedValuesOf('timeZone')}>{(zone) => <option value={zone} />}</For>
      </datalist>
    </div>
  )
}

/** Who the partner is and how much it may do. */
export const ProfileFields = (props: { form: Form }) => (
  <>
    <div onFocusOut={() => props.form.leave('partnerName')}>
      <TextField
        label="Name"
        autocomplete="off"
        value={props.form.values.partnerName}
        onInput={(text) => props.form.setValues('partnerName', text)}
        error={props.form.error('partnerName')}
      />
    </div>
    <TimeZoneField form={props.form} />
    <div class="grid gap-4 sm:grid-cols-2">
      <NumberField form={props.form} name="concurrencyLimit" description="Follows the partner's own setting once it is read." />
      <NumberField form={props.form} name="maxConcurrency" />
      <NumberField form={props.form} name="priority" description="From 1 to 10." />
      <NumberField form={props.form} name="tenantId" />
    </div>
    <CheckField
      label="Capture this partner"
      description="When off, the partner is kept, but it is not captured and fires no alerts."
      checked={props.form.values.isActive}
      onChange={(checked) => props.form.setValues('isActive', checked)}
    />
    <CheckField
      label="Pause campaigns without priority"
      checked={props.form.values.pauseNonPriorityCampaigns}
      onChange={(checked) => props.form.setValues('pauseNonPriorityCampaigns', checked)}
    />
  </>
)
