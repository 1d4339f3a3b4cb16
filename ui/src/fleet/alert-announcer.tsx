import { createEffect, createSignal, on } from 'solid-js'
import { isolateName } from '../../../shared/isolate-name.ts'
import { type FiringAlert, type Fleet, isHeld } from './fleet.ts'

const levels = { CRITICAL: 'Critical', HIGH: 'High', MEDIUM: 'Medium' } as const
const maxRead = 3

const describe = ({ level, partnerName, message }: FiringAlert) =>
  `${levels[level]} alert${partnerName ? ` for ${isolateName(partnerName)}` : ''}: ${message}`

/** Announces each alert that starts to fire while the page is open to screen readers, once. */
export const AlertAnnouncer = (props: { fleet: Pick<Fleet, 'firing' | 'overview'> }) => {
  const [text, setText] = createSignal('')
  const announced = new Set<string>()
  let openedAt: string | undefined
  createEffect(
    on(
      () => props.fleet.firing,
      (firing) => {
        if (!firing) return
        openedAt ??= props.fleet.overview?.lastUpdated
        const fresh = firing.alerts.filter(
          (alert) => !announced.has(alert.id) && alert.firedAt >= (openedAt ?? '') && !isHeld(alert, Date.now()),
        )
        if (fresh.length === 0) return
        for (const { id } of fresh) announced.add(id)
        const more = fresh.length - maxRead
        setText(
          [...fresh.slice(0, maxRead).map(describe), ...(more > 0 ? [`${more} more ${more === 1 ? 'alert' : 'alerts'}`] : [])].join('. '),
        )
      },
    ),
  )
  return (
    <p aria-live="polite" class="sr-only">
      {text()}
    </p>
  )
}
