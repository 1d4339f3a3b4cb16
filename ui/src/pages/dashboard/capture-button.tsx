import RefreshCw from 'lucide-solid/icons/refresh-cw'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { buttonClass } from '../../components/button.tsx'
import type { PartnerReading } from './partner-reading.ts'

const look = `${buttonClass('ghost', 'small')} w-8 px-0!`

/** Captures one partner now. */
export const CaptureButton = (props: {
  reading: PartnerReading
  isRunning: boolean
  tabIndex: number
  onCapture: (id: string) => void
}) => {
  const label = () => `Capture ${isolateName(props.reading.row.partner.partnerName)} now`
  return (
    <button
      type="button"
      aria-label={label()}
      title={label()}
      tabindex={props.tabIndex}
      disabled={props.isRunning}
      onClick={() => props.onCapture(props.reading.id)}
      class={look}
    >
      <RefreshCw size={15} aria-hidden="true" />
    </button>
  )
}
