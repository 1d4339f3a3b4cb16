import { type FiringLevel, firingLevels } from '../../../../../shared/snapshot/snapshot.ts'
import { fromZonedInput } from '../../../time/zoned-time.ts'

const hourMs = 3_600_000
const spans = { '1h': hourMs, '24h': 24 * hourMs, '7d': 168 * hourMs, '30d': 720 * hourMs } as const
type Span = keyof typeof spans

/** The choices of when an alert fired, as the address names them. */
export const firedChoices = [
  { value: 'any', label: 'Any time' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'between', label: 'Between …' },
] as const

/** What of the address filters a list of alerts. `from` and `to` are `datetime-local` values in the zone. */
export type AlertFilter = { level?: string; partner?: string; fired?: string; from?: string; to?: string }

const isLevel = (level: string | undefined): level is FiringLevel => firingLevels.some((each) => each === level)
const isSpan = (span: string | undefined): span is Span => span !== undefined && Object.hasOwn(spans, span)

const timesOf = ({ fired, from, to }: AlertFilter, now: number, zone: string) => {
  const iso = (text: string | undefined) => {
    const at = text ? fromZonedInput(text, zone) : null
    return at === null ? undefined : new Date(at).toISOString()
  }
  if (isSpan(fired)) return { from: new Date(now - spans[fired]).toISOString(), to: undefined }
  return fired === 'between' ? { from: iso(from), to: iso(to) } : { from: undefined, to: undefined }
}

/** The query of the API that a filter means. What it does not understand filters nothing. */
export const toAlertQuery = (filter: AlertFilter, now: number, zone: string) => {
  const { from, to } = timesOf(filter, now, zone)
  return {
    ...(isLevel(filter.level) && { level: filter.level }),
    ...(filter.partner && { partnerId: filter.partner }),
    ...(from && { from }),
    ...(to && { to }),
  }
}
