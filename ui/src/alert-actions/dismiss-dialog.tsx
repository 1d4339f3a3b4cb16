import { Show } from 'solid-js'
import { Dismissal } from '../../../functions/alerts/schema.ts'
import { useClient } from '../api/api-context.tsx'
import { read } from '../api/client.ts'
import { ChoiceField } from '../components/choice-field.tsx'
import { TextField } from '../components/text-field.tsx'
import { Time } from '../components/time.tsx'
import { toastDone } from '../components/toast.tsx'
import { createForm } from '../form/create-form.ts'
import { FormDialog } from '../form/form-dialog.tsx'
import { useZone } from '../time/zone-context.tsx'
import { toZonedInput } from '../time/zoned-time.ts'
import type { ActionableAlert } from './actionable-alert.ts'
import { AlertSubject } from './alert-subject.tsx'
import { type DismissalSpan, dismissalEnd } from './dismissal-end.ts'

const dayMs = 86_400_000
const maxDays = 30
const spans = [
  { value: '1h', label: '1 hour' },
  { value: '4h', label: '4 hours' },
  { value: 'morning', label: 'Until tomorrow morning' },
  { value: 'custom', label: 'Until a time you choose' },
] as const satisfies { value: DismissalSpan; label: string }[]

const DismissDialog = (props: { alert: ActionableAlert; onDone: () => void; onClose: () => void }) => {
  const client = useClient()
  const { zone, now } = useZone()
  const openedAt = now()
  const form = createForm({
    initial: { span: '1h' as DismissalSpan, custom: toZonedInput(openedAt + dayMs, zone()), reason: '' },
    schema: Dismissal,
    toInput: ({ span, custom, reason }) => {
      const end = dismissalEnd(span, custom, now(), zone())
      return { until: end === null ? '' : new Date(end).toISOString(), reason }
    },
    submit: (json) => read(client.alerts[':id'].dismiss.$post({ param: { id: props.alert.id }, json })),
  })
  const end = () => dismissalEnd(form.values.span, form.values.custom, now(), zone())
  const done = () => {
    toastDone('Dismissed.')
    props.onDone()
  }
  return (
    <FormDialog
      title="Dismiss"
      description="The alert is held back until then. If it still fires at that time, the channels are notified."
      form={form}
      fields={['until', 'reason']}
      action="Dismiss"
      onDone={done}
      onClose={props.onClose}
    >
      <AlertSubject alert={props.alert} />
      <div class="flex flex-col gap-2">
        <ChoiceField label="For how long" options={spans} value={form.values.span} onChange={(span) => form.setValues({ span })} />
        <Show
          when={form.values.span === 'custom'}
          fallback={
            <Show when={form.error('until')}>
              <p class="text-sm text-critical">{form.error('until')}</p>
            </Show>
          }
        >
          <TextField
            label={`Until (${zone()}, at most ${maxDays} days ahead)`}
            type="datetime-local"
            value={form.values.custom}
            onInput={(custom) => form.setValues({ custom })}
            min={toZonedInput(openedAt, zone())}
            max={toZonedInput(openedAt + maxDays * dayMs, zone())}
            error={form.error('until')}
          />
        </Show>
        <Show when={end()}>
          {(at) => (
            <p class="text-sm text-muted">
              Ends <Time at={at()} exact /> ({zone()})
            </p>
          )}
        </Show>
      </div>
      <TextField
        label="Reason"
        value={form.values.reason}
        onInput={(reason) => form.setValues({ reason })}
        placeholder="Why it can wait"
        required
        error={form.error('reason')}
      />
    </FormDialog>
  )
}

export default DismissDialog
