import { createSignal, type JSX, Show } from 'solid-js'
import { isolateName } from '../../../shared/isolate-name.ts'
import { ApiError } from '../api/api-error.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './text-field.tsx'

type ConfirmDialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  description: JSX.Element
  /** What the button that does it says: a verb. */
  action: string
  /** What has to be typed before it can be done. */
  typed?: string
  onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be undone. Stays open, and says why, when it fails. */
export const ConfirmDialog = (props: ConfirmDialogProps) => {
  const [text, setText] = createSignal('')
  const [isBusy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const isReady = () => props.typed === undefined || text().trim() === props.typed
  const close = () => {
    setText('')
    setProblem(undefined)
    props.onClose()
  }
  const confirm = async () => {
    setBusy(true)
    try {
      await props.onConfirm()
      close()
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : 'Something went wrong.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={close}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look="danger" busy={isBusy()} disabled={!isReady()} onClick={confirm}>
            {props.action}
          </Button>
        </>
      }
    >
      <Show when={props.typed}>
        {(typed) => <TextField label={`Type “${isolateName(typed())}” to confirm`} value={text()} onInput={setText} autocomplete="off" />}
      </Show>
      <Show when={problem()}>
        <p role="alert" class="mt-2 text-sm text-critical">
          {problem()}
        </p>
      </Show>
    </Dialog>
  )
}
