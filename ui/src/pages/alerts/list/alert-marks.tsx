import BellOff from 'lucide-solid/icons/bell-off'
import CircleCheck from 'lucide-solid/icons/circle-check'
import Hand from 'lucide-solid/icons/hand'
import Link from 'lucide-solid/icons/link'
import Megaphone from 'lucide-solid/icons/megaphone'
import Wrench from 'lucide-solid/icons/wrench'
import { Show } from 'solid-js'
import { Badge } from '../../../components/badge.tsx'
import { Time } from '../../../components/time.tsx'
import { isDismissed } from '../../../fleet/fleet.ts'
import { useZone } from '../../../time/zone-context.tsx'
import type { AlertView } from '../alert-views.ts'
import { ruleName } from '../rule-name.ts'

/** What was done about an alert, and why it is held back. */
export const AlertMarks = (props: { alert: AlertView }) => {
  const { now } = useZone()
  const dismissed = () => (props.alert.state === 'firing' && isDismissed(props.alert, now()) ? props.alert.dismissed : null)
  return (
    <div class="flex flex-wrap gap-1.5">
      <Show when={props.alert.resolvedAt}>
        {(at) => (
          <Badge tone="ok" icon={CircleCheck}>
            Resolved <Time at={at()} />
          </Badge>
        )}
      </Show>
      <Show when={props.alert.acknowledged}>
        {(acknowledged) => (
          <Badge tone="accent" icon={Hand} title={acknowledged().note ?? undefined}>
            Acknowledged by {acknowledged().by}
          </Badge>
        )}
      </Show>
      <Show when={dismissed()}>
        {(dismissal) => (
          <Badge tone="idle" icon={BellOff} title={`${dismissal().by}: ${dismissal().reason}`}>
            Dismissed, ends <Time at={dismissal().until} />
          </Badge>
        )}
      </Show>
      <Show when={props.alert.maintenance}>
        {(maintenance) => (
          <Badge tone="idle" icon={Wrench} title={maintenance().name}>
            In maintenance, ends <Time at={maintenance().until} />
          </Badge>
        )}
      </Show>
      <Show when={props.alert.state === 'firing' && props.alert.inhibitedBy}>
        {(cause) => (
          <Badge tone="idle" icon={Link} title="Only the cause is sent to the channels">
            Explained by: {ruleName(cause())}
          </Badge>
        )}
      </Show>
      <Show when={props.alert.state === 'firing' && props.alert.escalatedAt}>
        <Badge tone="critical" icon={Megaphone}>
          Escalated
        </Badge>
      </Show>
    </div>
  )
}
