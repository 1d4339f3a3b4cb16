import type { MaintenanceWindowDoc } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { upcoming } from './maintenance.ts'

/** A maintenance window as the API shows it: whether it is open at `at`, and when it is next. */
export const maintenanceView = ({ _id, createdAt, ...window }: MaintenanceWindowDoc, at: Date) => {
  const [next] = upcoming(window.schedule, at, 1)
  return {
    id: _id,
    ...window,
    isOpen: next !== undefined && next.from <= at,
    next: next ? { from: next.from.toISOString(), to: next.to.toISOString() } : null,
    createdAt: createdAt.toISOString(),
  }
}
