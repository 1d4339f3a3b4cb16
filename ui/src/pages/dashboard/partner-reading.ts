import { type AlertLevel, firingLevels } from '../../../../shared/snapshot/snapshot.ts'
import { type Fleet, type FleetRow, isHeld } from '../../fleet/fleet.ts'

/** Worst first. */
export const levels = [...firingLevels, 'NORMAL', 'IDLE'] as const satisfies readonly AlertLevel[]

/** What may be shown of a partner: its numbers, or why there are none. */
export type PartnerReading = {
  id: string
  row: FleetRow
  numbers: FleetRow['snapshot']
  /** Why there are no numbers, or why they are not current. */
  note: string | null
  /** The worst of what fires and what the numbers say; `null`: not known. */
  level: AlertLevel | null
}

const noteOf = ({ state, partner }: FleetRow): string | null => {
  const failure = partner.sync.lastError?.message ?? 'The last capture failed.'
  switch (state) {
    case 'ok':
      return null
    case 'failing':
      return `From the last successful capture. ${failure}`
    case 'error':
      return `Unknown: ${failure}`
    case 'stale':
      return 'Unknown: no capture for too long.'
    case 'never':
      return 'Unknown: no capture yet.'
    case 'inactive':
      return 'Unknown: the partner is inactive and is not captured.'
  }
}

const worstLevel = (one: AlertLevel | null, other: AlertLevel | null): AlertLevel | null => {
  if (one === null || other === null) return one ?? other
  return levels.indexOf(one) <= levels.indexOf(other) ? one : other
}

/** The worst level that fires for each partner, apart from what is held back. */
export const worstLevels = (firing: Fleet['firing'], nowMs: number): ReadonlyMap<string, AlertLevel> => {
  const worst = new Map<string, AlertLevel>()
  for (const alert of firing?.alerts ?? []) {
    const { partnerId, level } = alert
    if (partnerId && !isHeld(alert, nowMs)) worst.set(partnerId, worstLevel(worst.get(partnerId) ?? null, level) ?? level)
  }
  return worst
}

/** `isCurrent`: the server's last update is recent. */
export const readPartner = (row: FleetRow, firing: ReadonlyMap<string, AlertLevel>, isCurrent = true): PartnerReading => {
  const { id } = row.partner
  const numbers = row.state === 'ok' || row.state === 'failing' ? row.snapshot : null
  const note = noteOf(row) ?? (isCurrent ? null : 'From the last update of the server.')
  return { id, row, numbers, note, level: worstLevel(firing.get(id) ?? null, numbers?.alertLevel ?? null) }
}
