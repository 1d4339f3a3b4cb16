import { For, Show } from 'solid-js'
import type { FiringLevel } from '../../../../../shared/snapshot/snapshot.ts'
import { useClient } from '../../../api/api-context.tsx'
import { CheckField } from '../../../components/check-field.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { toastDone } from '../../../components/toast.tsx'
import { FormDialog } from '../../../form/form-dialog.tsx'
import type { ChannelView } from '../alert-views.ts'
import { PartnersField } from '../partners-field.tsx'
import { ChannelConfigFields } from './channel-config-fields.tsx'
import { addressesOf } from './channel-form.ts'
import { channelTypes } from './channel-types.ts'
import { type ChannelForm, createChannelForm } from './create-channel-form.ts'

const levels = [
  { level: 'CRITICAL', name: 'Critical' },
  { level: 'HIGH', name: 'High' },
  { level: 'MEDIUM', name: 'Medium' },
] as const

const LevelsField = (props: { form: ChannelForm }) => {
  const toggle = (level: FiringLevel, isChosen: boolean) => {
    const chosen = new Set(props.form.values.levels)
    if (isChosen) chosen.add(level)
    else chosen.delete(level)
    props.form.setValues({ levels: levels.map((each) => each.level).filter((each) => chosen.has(each)) })
  }
  return (
    <fieldset>
      <legend class="mb-1 text-sm font-medium">Levels</legend>
      <div class="flex flex-wrap gap-4">
        <For each={levels}>
          {({ level, name }) => (
            <CheckField label={name} checked={props.form.values.levels.includes(level)} onChange={(isChosen) => toggle(level, isChosen)} />
          )}
        </For>
      </div>
      <Show when={props.form.error('levels')}>
        <p class="mt-1 text-sm text-critical">{props.form.error('levels')}</p>
      </Show>
    </fieldset>
  )
}

const shownFields = ['type', 'name', 'levels', 'partnerIds', 'config.to', 'config.url', 'config.secret', 'config.routingKey']

/** Creates a channel, or changes one. */
const ChannelDialog = (props: { channel: ChannelView | null; onDone: () => void; onClose: () => void }) => {
  const { channel } = props
  const form = createChannelForm(useClient().alerts, channel)
  const fields = () => [...shownFields, ...addressesOf(form.values.to).map((_, index) => `config.to.${index}`)]
  const done = () => {
    toastDone(channel ? 'The channel was changed.' : 'The channel was created. Send it a test message.')
    props.onDone()
  }
  return (
    <FormDialog
      wide
      title={channel ? `Edit ${channel.name}` : 'New channel'}
      form={form}
      fields={fields()}
      action={channel ? 'Save' : 'Create'}
      onDone={done}
      onClose={props.onClose}
    >
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          value={form.values.name}
          onInput={(name) => form.setValues({ name })}
          placeholder="On call"
          required
          error={form.error('name')}
        />
        <SelectField
          label="Type"
          options={channelTypes}
          value={form.values.type}
          onChange={(type) => form.setValues({ type })}
          disabled={channel !== null}
          error={form.error('type')}
        />
      </div>
      <ChannelConfigFields form={form} isStored={channel !== null} />
      <LevelsField form={form} />
      <PartnersField
        label="Partners"
        allLabel="All partners, and the fleet as a whole"
        value={form.values.partnerIds}
        onChange={(partnerIds) => form.setValues({ partnerIds })}
        error={form.error('partnerIds')}
      />
      <CheckField
        label="Only for escalation"
        description="It is notified of an alert that nobody has acknowledged within the time in the settings, and of what happens to it after that."
        checked={form.values.isEscalation}
        onChange={(isEscalation) => form.setValues({ isEscalation })}
      />
      <CheckField
        label="Active"
        description="When off, deliveries that wait for the channel are dropped."
        checked={form.values.isActive}
        onChange={(isActive) => form.setValues({ isActive })}
      />
    </FormDialog>
  )
}

export default ChannelDialog
