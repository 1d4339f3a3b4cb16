import { useQueryClient } from '@tanstack/solid-query'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { toastDone } from '../../components/toast.tsx'

/** Deletes a partner once its name was typed. */
export const DeletePartnerDialog = (props: {
  partner: { id: string; partnerName: string } | undefined
  onClose: () => void
  onDeleted?: () => void
}) => {
  const client = useClient()
  const queries = useQueryClient()
  const remove = async () => {
    const { partner } = props
    if (!partner) return
    await read(client.partners[':id'].$delete({ param: { id: partner.id } }))
    toastDone(`${isolateName(partner.partnerName)} was deleted.`)
    props.onDeleted?.()
    queries.removeQueries({ queryKey: ['partners', partner.id] })
    void queries.invalidateQueries({ queryKey: ['partners'], exact: true })
  }
  return (
    <ConfirmDialog
      isOpen={props.partner !== undefined}
      onClose={props.onClose}
      title={`Delete ${isolateName(props.partner?.partnerName ?? '')}?`}
      description="Its configuration with all secrets, its history and its connection log are removed for good."
      action="Delete the partner"
      {...(props.partner && { typed: props.partner.partnerName })}
      onConfirm={remove}
    />
  )
}
