import { isolateName } from '../../../shared/isolate-name.ts'
import { useClient } from '../api/api-context.tsx'
import { read } from '../api/client.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { toastDone } from '../components/toast.tsx'
import type { ActionableAlert } from './actionable-alert.ts'

const EndDismissalDialog = (props: { alert: ActionableAlert; onDone: () => void; onClose: () => void }) => {
  const client = useClient()
  const end = async () => {
    await read(client.alerts[':id'].dismiss.$delete({ param: { id: props.alert.id } }))
    toastDone('The dismissal has ended.')
    props.onDone()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={props.onClose}
      title="End the dismissal?"
      description={`${props.alert.partnerName ? `${isolateName(props.alert.partnerName)}: ` : ''}${props.alert.message}. The channels are notified now.`}
      action="End it"
      onConfirm={end}
    />
  )
}

export default EndDismissalDialog
