import type { z } from 'zod'
import { upcoming } from '../../../../../functions/alerts/maintenance/maintenance.ts'
import { NewMaintenance } from '../../../../../functions/alerts/maintenance/schema.ts'
import { fromZonedInput, toZonedInput } from '../../../time/zoned-time.ts'
import type { MaintenanceView } from '../alert-views.ts'

const hourMs = 3_600_000

/** A window as its form has it. `from` and `to` are `datetime-local` values by the clocks of `zone`. */
export type MaintenanceValues = {
  name: string
  partnerIds: string[] | null
  type: 'once' | 'recurring'
  zone: string
  from: string
  to: string
  cron: string
  durationMinutes: string
}

/** A window that would open in an hour, for two hours. */
export const newMaintenanceValues = (now: number, zone: string): MaintenanceValues => ({
  name: '',
  partnerIds: null,
  type: 'once',
  zone,
  from: toZonedInput(now + hourMs, zone),
  to: toZonedInput(now + 3 * hourMs, zone),
  cron: '0 2 * * 0',
  durationMinutes: '120',
})

export const maintenanceValues = ({ name, partnerIds, schedule }: MaintenanceView, now: number, zone: string): MaintenanceValues => {
  const values = { ...newMaintenanceValues(now, zone), name, partnerIds, type: schedule.type }
  return schedule.type === 'once'
    ? { ...values, from: toZonedInput(Date.parse(schedule.from), zone), to: toZonedInput(Date.parse(schedule.to), zone) }
    : { ...values, zone: schedule.timezone, cron: schedule.cron, durationMinutes: String(schedule.durationMinutes) }
}

const toIso = (text: string, zone: string): string => {
  const at = fromZonedInput(text, zone)
  return at === null ? '' : new Date(at).toISOString()
}

export const toMaintenance = (values: MaintenanceValues): z.input<typeof NewMaintenance> => {
  const { name, partnerIds, type, zone, from, to, cron, durationMinutes } = values
  return {
    name,
    partnerIds: partnerIds && [...partnerIds],
    schedule:
      type === 'once'
        ? { type, from: toIso(from, zone), to: toIso(to, zone) }
        : { type, cron, timezone: zone, durationMinutes: durationMinutes.trim() === '' ? Number.NaN : Number(durationMinutes) },
  }
}

/** The next times that the form describes, if any. */
export const nextTimes = (values: MaintenanceValues, now: number, count: number) => {
  const { schedule } = NewMaintenance.safeParse({ ...toMaintenance(values), name: 'any' }).data ?? {}
  return schedule ? upcoming(schedule, new Date(now), count) : []
}
