import { Cron } from 'croner'
import type { MaintenanceWindowDoc } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'

const msPerMinute = 60_000

type Schedule = MaintenanceWindowDoc['schedule']

/**
 * The first `count` times from `at` on, the one that is open then included. A recurring window opens at each time of its cron
 * expression, in its time zone.
 */
export const upcoming = (schedule: Schedule, at: Date, count: number): { from: Date; to: Date }[] => {
  if (schedule.type === 'once') return at < schedule.to ? [{ from: schedule.from, to: schedule.to }] : []
  const durationMs = schedule.durationMinutes * msPerMinute
  const cron = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true })
  return cron.nextRuns(count, new Date(at.getTime() - durationMs)).map((from) => ({ from, to: new Date(from.getTime() + durationMs) }))
}

/** When a window that is open at `at` ends; `null`: it is not open. */
const endOf = ({ schedule }: Pick<MaintenanceWindowDoc, 'schedule'>, at: Date): Date | null => {
  const [next] = upcoming(schedule, at, 1)
  return next && next.from <= at ? next.to : null
}

export const isOpenAt = (window: Pick<MaintenanceWindowDoc, 'schedule'>, at: Date): boolean => endOf(window, at) !== null

type Maintenance = { name: string; until: Date }

/** Tells for a subject which window covers it at `at`, of several the one that ends last; `null`: none does. */
export const maintenanceAt = (windows: readonly MaintenanceWindowDoc[], at: Date): ((subjectId: string) => Maintenance | null) => {
  const open = windows.flatMap((window) => {
    const until = endOf(window, at)
    return until ? [{ name: window.name, partnerIds: window.partnerIds, until }] : []
  })
  return (subjectId) => {
    const covering = open.filter(({ partnerIds }) => partnerIds === null || partnerIds.includes(subjectId))
    const last = covering.toSorted((left, right) => right.until.getTime() - left.until.getTime())[0]
    return last ? { name: last.name, until: last.until } : null
  }
}

/** Whether one of the windows covers the subject at `at`. */
export const coversSubject = (windows: readonly MaintenanceWindowDoc[], subjectId: string, at: Date): boolean =>
  maintenanceAt(windows, at)(subjectId) !== null

/** The partners that windows for some partners cover at `at`. */
export const partnersCovered = (windows: readonly MaintenanceWindowDoc[], at: Date): string[] =>
  windows.flatMap((window) => (window.partnerIds !== null && isOpenAt(window, at) ? window.partnerIds : []))

/** What is wrong with a cron expression or its time zone; `null`: nothing. */
export const cronProblem = (cron: string, timezone: string): string | null => {
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun() ? null : 'never comes'
  } catch (error) {
    return error instanceof Error ? error.message : 'is not a cron expression'
  }
}
