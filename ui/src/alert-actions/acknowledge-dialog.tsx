import { Acknowledgement } from '../../../functions/alerts/schema.ts'
import { useClient } from '../api/api-context.tsx'
import { read } from '../api/client.ts'
import { TextField } from '../components/text-field.tsx'
import { toastDone } from '../components/toast.tsx'
import { createForm } from '../form/create-form.ts'
import { FormDialog } from '../form/form-dialog.tsx'
import type { ActionableAlert } from './actionable-alert.ts'
import { AlertSubject } from './alert-subject.tsx'

const AcknowledgeDialog = (props: { alert: ActionableAlert; onDone: () => void; onClose: () => void }) => {
  const client = useClient()
  const form = createForm({
    initial: { note: '' },
    schema: Acknowledgement,
    toInput: ({ note }) => (note.trim() ? { note: note.trim() } : {}),
    submit: (json) => read(client.alerts[':id'].acknowledge.$post({ param: { id: props.alert.id }, json })),
  })
  const done = () => {
    toastDone('Acknowledged.')
    props.onDone()
  }
  return (
    <FormDialog
      title="Acknowledge"
      description="You are working on it. The channels are notified, and the alert is no longer repeated or escalated."
      form={form}
      fields={['note']}
      action="Acknowledge"
      onDone={done}
      onClose={props.onClose}
    >
      <AlertSubject alert={props.alert} />
      <TextField
        label="Note (optional)"
        value={form.values.note}
        onInput={(note) => form.setValues({ note })}
        placeholder="What you are doing about it"
        error={form.error('note')}
      />
    </FormDialog>
  )
}

export default AcknowledgeDialog
