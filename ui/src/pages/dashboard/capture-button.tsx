import RefreshCw from 'lucide-solid/icons/refresh-cw'
import { IconButton } from '../../components/button.tsx'
import { useFleet } from '../../fleet/fleet-context.tsx'
import type { PartnerReading } from './partner-reading.ts'

/** Captures one partner now. */
export const CaptureButton = (props: { reading: PartnerReading; tabIndex?: number }) => {
  const { capture } = useFleet()
  return (
    <IconButton
      label={`Capture ${props.reading.row.partner.partnerName} now`}
      tabindex={props.tabIndex}
      disabled={capture.steps().get(props.reading.id)?.name === 'running'}
      onClick={() => void capture.start([props.reading.id])}
    >
      <RefreshCw size={15} aria-hidden="true" />
    </IconButton>
  )
}
