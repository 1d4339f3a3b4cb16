import { Cron } from 'croner'
import type { MaintenanceWindowDoc } from '../../shared/mongo/maintenance-windows.ts'

const msPerMinute = 60_000

/** Whether a window is open at `at`. A recurring one opens at each time of its cron expression, in its time zone. */
export const isOpenAt = ({ schedule }: Pick<MaintenanceWindowDoc, 'schedule'>, at: Date): boolean => {
  if (schedule.type === 'once') return schedule.from <= at && at < schedule.to
  const cron = new Cron(schedule.cron, { timezone: schedule.timezone, paused: true })
  const justAfter = new Date(at.getTime() - schedule.durationMinutes * msPerMinute)
  const opened = cron.nextRun(justAfter)
  return opened !== null && opened <= at
}

/** Whether one of the windows covers the subject at `at`. */
export const coversSubject = (windows: readonly MaintenanceWindowDoc[], subjectId: string, at: Date): boolean =>
  windows.some((window) => (window.partnerIds === null || window.partnerIds.includes(subjectId)) && isOpenAt(window, at))

/** What is wrong with a cron expression or its time zone; `null`: nothing. */
export const cronProblem = (cron: string, timezone: string): string | null => {
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun() ? null : 'never comes'
  } catch (error) {
    return error instanceof Error ? error.message : 'is not a cron expression'
  }
}
