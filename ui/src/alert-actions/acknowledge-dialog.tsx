import { createUniqueId } from 'solid-js'
import { Acknowledgement } from '../../../functions/alerts/schema.ts'
import { useClient } from '../api/api-context.tsx'
import { read } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/text-field.tsx'
import { toastDone } from '../components/toast.tsx'
import { createForm } from '../form/create-form.ts'
import { FormProblem } from '../form/form-problem.tsx'
import type { ActionableAlert } from './alert-actions-context.tsx'
import { AlertSubject } from './alert-subject.tsx'

const AcknowledgeDialog = (props: { alert: ActionableAlert; onDone: () => void; onClose: () => void }) => {
  const client = useClient()
  const formId = createUniqueId()
  const form = createForm({
    initial: { note: '' },
    schema: Acknowledgement,
    toInput: ({ note }) => (note.trim() ? { note: note.trim() } : {}),
    submit: (json) => read(client.alerts[':id'].acknowledge.$post({ param: { id: props.alert.id }, json })),
  })
  const submit = async (event: Event) => {
    if (!(await form.submit(event))) return
    toastDone('Acknowledged.')
    props.onDone()
    props.onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={props.onClose}
      title="Acknowledge"
      description="You look after it: the channels hear so, and it is neither repeated nor escalated."
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={form.isBusy()}>
            Acknowledge
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} novalidate class="flex flex-col gap-4">
        <AlertSubject alert={props.alert} />
        <TextField
          label="Note (optional)"
          value={form.values.note}
          onInput={(note) => form.setValues({ note })}
          placeholder="What you are doing about it"
          error={form.error('note')}
        />
        <FormProblem form={form} fields={['note']} />
      </form>
    </Dialog>
  )
}

export default AcknowledgeDialog
