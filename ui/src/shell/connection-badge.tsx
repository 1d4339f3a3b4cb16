import CircleDashed from 'lucide-solid/icons/circle-dashed'
import RadioTower from 'lucide-solid/icons/radio-tower'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import WifiOff from 'lucide-solid/icons/wifi-off'
import { Badge } from '../components/badge.tsx'
import type { Connection } from '../fleet/create-live.ts'
import { useFleet } from '../fleet/fleet-context.tsx'
import { formatRelative } from '../time/format-time.ts'
import { useZone } from '../time/zone-context.tsx'

const looks = {
  connecting: { tone: 'idle', icon: CircleDashed, text: 'Connecting' },
  live: { tone: 'ok', icon: RadioTower, text: 'Live' },
  polling: { tone: 'medium', icon: RefreshCw, text: 'Polling' },
  offline: { tone: 'critical', icon: WifiOff, text: 'Offline' },
} as const satisfies Record<Connection, unknown>

/** How the screen is kept up to date. */
export const ConnectionBadge = () => {
  const { connection, updatedAt } = useFleet()
  const { now } = useZone()
  const look = () => looks[connection()]
  const title = () => {
    const at = updatedAt()
    return at === null ? undefined : `Last update from the server ${formatRelative(at, now())}`
  }
  return (
    <span role="status">
      <Badge tone={look().tone} icon={look().icon} title={title()}>
        {look().text}
      </Badge>
    </span>
  )
}
