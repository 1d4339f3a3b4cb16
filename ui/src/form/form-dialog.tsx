import { createUniqueId, type JSX, type ParentProps } from 'solid-js'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import type { createForm } from './create-form.ts'
import { FormProblem } from './form-problem.tsx'

type FormDialogProps = ParentProps<{
  title: string
  description?: JSX.Element
  wide?: boolean
  form: Pick<ReturnType<typeof createForm>, 'isBusy' | 'problem' | 'otherErrors' | 'submit'>
  /** The paths of the fields on screen. */
  fields: readonly string[]
  /** What the button that sends the form says: a verb. */
  action: string
  onDone?: () => void
  onClose: () => void
}>

/** A dialog about one form: sent by its button or the Enter key, and closed when that worked. */
export const FormDialog = (props: FormDialogProps) => {
  const formId = createUniqueId()
  const submit = async (event: Event) => {
    if (!(await props.form.submit(event))) return
    props.onDone?.()
    props.onClose()
  }
  return (
    <Dialog
      isOpen
      wide={props.wide ?? false}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={props.form.isBusy()}>
            {props.action}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} novalidate class="flex flex-col gap-4">
        {props.children}
        <FormProblem form={props.form} fields={props.fields} />
      </form>
    </Dialog>
  )
}
