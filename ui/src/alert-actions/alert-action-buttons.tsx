import BellOff from 'lucide-solid/icons/bell-off'
import BellRing from 'lucide-solid/icons/bell-ring'
import Hand from 'lucide-solid/icons/hand'
import { Show } from 'solid-js'
import { Button } from '../components/button.tsx'
import { useZone } from '../time/zone-context.tsx'
import type { ActionableAlert } from './actionable-alert.ts'
import { useAlertActions } from './alert-actions-context.tsx'

type AlertActionButtonsProps = {
  /** An alert that fires. */
  alert: ActionableAlert & { acknowledged: object | null; dismissed: { until: string } | null }
}

/** What can be done about an alert that fires, for those who may. */
export const AlertActionButtons = (props: AlertActionButtonsProps) => {
  const { canAct, acknowledge, dismiss, endDismissal } = useAlertActions()
  const { now } = useZone()
  const isDismissed = () => props.alert.dismissed !== null && Date.parse(props.alert.dismissed.until) > now()
  return (
    <Show when={canAct()}>
      <span class="inline-flex flex-wrap gap-1.5">
        <Show when={!props.alert.acknowledged}>
          <Button size="small" onClick={() => acknowledge(props.alert)}>
            <Hand size={14} aria-hidden="true" />
            Acknowledge
          </Button>
        </Show>
        <Show
          when={isDismissed()}
          fallback={
            <Button size="small" onClick={() => dismiss(props.alert)}>
              <BellOff size={14} aria-hidden="true" />
              Dismiss
            </Button>
          }
        >
          <Button size="small" onClick={() => endDismissal(props.alert)}>
            <BellRing size={14} aria-hidden="true" />
            End dismissal
          </Button>
        </Show>
      </span>
    </Show>
  )
}
