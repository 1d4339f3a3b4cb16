import { For, Show } from 'solid-js'
import { NewMaintenance } from '../../../../../functions/alerts/maintenance/schema.ts'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { ComboboxField } from '../../../components/combobox-field.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { toastDone } from '../../../components/toast.tsx'
import { createForm } from '../../../form/create-form.ts'
import { FormDialog } from '../../../form/form-dialog.tsx'
import { formatDuration, formatExact } from '../../../time/format-time.ts'
import { useZone } from '../../../time/zone-context.tsx'
import type { MaintenanceView } from '../alert-views.ts'
import { PartnersField } from '../partners-field.tsx'
import { maintenanceValues, newMaintenanceValues, nextTimes, toMaintenance } from './maintenance-form.ts'

const shownTimes = 3
const types = [
  { value: 'once', label: 'Once' },
  { value: 'recurring', label: 'Recurring' },
] as const
const examples = [
  { cron: '0 2 * * *', label: 'every night at 2' },
  { cron: '0 2 * * 1-5', label: 'weekdays at 2' },
  { cron: '0 2 * * 0', label: 'Sundays at 2' },
  { cron: '0 2 1 * *', label: 'the first of the month at 2' },
]
const shownFields = ['name', 'partnerIds', 'schedule.from', 'schedule.to', 'schedule.cron', 'schedule.timezone', 'schedule.durationMinutes']

const createMaintenanceForm = (window: MaintenanceView | null) => {
  const { maintenance } = useClient().alerts
  const { zone, now } = useZone()
  return createForm({
    initial: window ? maintenanceValues(window, now(), zone()) : newMaintenanceValues(now(), zone()),
    schema: NewMaintenance,
    toInput: toMaintenance,
    submit: (json) => (window ? read(maintenance[':id'].$put({ param: { id: window.id }, json })) : read(maintenance.$post({ json }))),
  })
}
type MaintenanceForm = ReturnType<typeof createMaintenanceForm>

const OnceFields = (props: { form: MaintenanceForm }) => (
  <div class="grid gap-4 sm:grid-cols-2">
    <TextField
      label="From"
      type="datetime-local"
      value={props.form.values.from}
      onInput={(from) => props.form.setValues({ from })}
      error={props.form.error('schedule.from')}
    />
    <TextField
      label="To"
      type="datetime-local"
      value={props.form.values.to}
      onInput={(to) => props.form.setValues({ to })}
      error={props.form.error('schedule.to')}
    />
  </div>
)

const RecurringFields = (props: { form: MaintenanceForm }) => {
  const durationMs = () => Number(props.form.values.durationMinutes) * 60_000
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <div class="flex flex-col gap-1">
        <TextField
          label="Opens at (cron: minute hour day month weekday)"
          value={props.form.values.cron}
          onInput={(cron) => props.form.setValues({ cron })}
          spellcheck={false}
          error={props.form.error('schedule.cron')}
        />
        <div class="flex flex-wrap gap-x-3 text-xs">
          <For each={examples}>
            {({ cron, label }) => (
              <button type="button" class="rounded-sm text-accent underline" onClick={() => props.form.setValues({ cron })}>
                {label}
              </button>
            )}
          </For>
        </div>
      </div>
      <TextField
        label="Duration in minutes"
        inputMode="numeric"
        value={props.form.values.durationMinutes}
        onInput={(durationMinutes) => props.form.setValues({ durationMinutes })}
        description={durationMs() > 0 ? formatDuration(durationMs()) : undefined}
        error={props.form.error('schedule.durationMinutes')}
      />
    </div>
  )
}

const NextTimes = (props: { form: MaintenanceForm }) => {
  const { now } = useZone()
  const openedAt = now()
  const times = () => nextTimes(props.form.values, openedAt, shownTimes)
  return (
    <Show when={props.form.values.type === 'recurring' && times().length > 0}>
      <div class="text-sm text-muted">
        <p>Opens next ({props.form.values.zone}):</p>
        <ul class="numeric">
          <For each={times()}>{({ from }) => <li>{formatExact(from, props.form.values.zone)}</li>}</For>
        </ul>
      </div>
    </Show>
  )
}

/** Plans a window, or changes one. */
const MaintenanceDialog = (props: { window: MaintenanceView | null; onDone: () => void; onClose: () => void }) => {
  const { window } = props
  const form = createMaintenanceForm(window)
  const zones = [...new Set([form.values.zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => ({ value: zone, label: zone }))
  const done = () => {
    toastDone(window ? 'The window was changed.' : 'The window was planned.')
    props.onDone()
  }
  return (
    <FormDialog
      wide
      title={window ? `Edit ${window.name}` : 'Plan maintenance'}
      description="Alerts still fire and are recorded. The channels are notified of those that still fire when the window ends."
      form={form}
      fields={shownFields}
      action={window ? 'Save' : 'Plan'}
      onDone={done}
      onClose={props.onClose}
    >
      <TextField
        label="Name"
        value={form.values.name}
        onInput={(name) => form.setValues({ name })}
        placeholder="Database upgrade"
        required
        error={form.error('name')}
      />
      <div class="grid gap-4 sm:grid-cols-2">
        <SelectField label="When" options={types} value={form.values.type} onChange={(type) => form.setValues({ type })} />
        <ComboboxField
          label="Time zone"
          options={zones}
          value={form.values.zone}
          onChange={(zone) => form.setValues({ zone })}
          error={form.error('schedule.timezone')}
        />
      </div>
      <Show when={form.values.type === 'once'} fallback={<RecurringFields form={form} />}>
        <OnceFields form={form} />
      </Show>
      <NextTimes form={form} />
      <PartnersField
        label="Partners"
        allLabel="All partners, and the fleet as a whole"
        value={form.values.partnerIds}
        onChange={(partnerIds) => form.setValues({ partnerIds })}
        error={form.error('partnerIds')}
      />
    </FormDialog>
  )
}

export default MaintenanceDialog
