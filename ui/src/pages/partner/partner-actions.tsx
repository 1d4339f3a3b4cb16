import { useNavigate } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import Activity from 'lucide-solid/icons/activity'
import Camera from 'lucide-solid/icons/camera'
import EllipsisVertical from 'lucide-solid/icons/ellipsis-vertical'
import Pencil from 'lucide-solid/icons/pencil'
import Trash from 'lucide-solid/icons/trash'
import { createSignal } from 'solid-js'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { ApiError } from '../../api/api-error.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { toastDone, toastError } from '../../components/toast.tsx'
import { useFleet } from '../../fleet/fleet-context.tsx'
import { DeletePartnerDialog } from '../partners/delete-partner-dialog.tsx'

type Named = { id: string; partnerName: string }

/** Captures a partner, says how it went, and reads again what shows its numbers. */
const createCapture = (partner: () => Named) => {
  const queries = useQueryClient()
  const { capture } = useFleet()
  const step = () => capture.steps().get(partner().id)
  return {
    isRunning: () => step()?.name === 'running',
    start: async () => {
      await capture.start([partner().id])
      const outcome = step()
      if (outcome?.name === 'failed') toastError(new ApiError(`The capture failed: ${outcome.message}`, { status: 200, code: 'failed' }))
      else toastDone(`${isolateName(partner().partnerName)} was captured.`)
      for (const key of ['partners', 'snapshots', 'connection-log']) void queries.invalidateQueries({ queryKey: [key, partner().id] })
    },
  }
}

/** What an administrator can do with a partner. */
export const PartnerActions = (props: { partner: Named; isProbing: boolean; onProbe: () => void }) => {
  const navigate = useNavigate()
  const capture = createCapture(() => props.partner)
  const [doomed, setDoomed] = createSignal<Named>()
  return (
    <>
      <Button busy={props.isProbing} onClick={props.onProbe}>
        <Activity size={16} aria-hidden="true" />
        Probe now
      </Button>
      <Button busy={capture.isRunning()} onClick={capture.start}>
        <Camera size={16} aria-hidden="true" />
        Capture now
      </Button>
      <Menu
        label={`More for ${isolateName(props.partner.partnerName)}`}
        trigger={<EllipsisVertical size={16} aria-hidden="true" />}
        triggerClass={`${buttonClass()} px-2.5!`}
      >
        <MenuItem onSelect={() => navigate(`/partners/${props.partner.id}/edit`)}>
          <Pencil size={15} aria-hidden="true" />
          Edit
        </MenuItem>
        <MenuItem onSelect={() => setDoomed(props.partner)} danger>
          <Trash size={15} aria-hidden="true" />
          Delete …
        </MenuItem>
      </Menu>
      <DeletePartnerDialog partner={doomed()} onClose={() => setDoomed(undefined)} onDeleted={() => navigate('/partners')} />
    </>
  )
}
