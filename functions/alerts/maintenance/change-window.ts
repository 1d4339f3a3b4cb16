import { windowTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { maintenanceView } from './maintenance-view.ts'
import type { MaintenanceDeps } from './plan-window.ts'
import type { NewMaintenance } from './schema.ts'

export const noSuchWindow = () => new AppError('not_found', 'There is no such maintenance window.')

export const changeWindow = async (deps: MaintenanceDeps, actor: Actor, id: string, input: NewMaintenance) => {
  const before = await deps.windows.replace(id, input)
  if (!before) throw noSuchWindow()
  const after = { ...before, ...input }
  await deps.audit.record({
    actor,
    action: 'maintenance.update',
    target: windowTarget(after),
    before: { ...before },
    after: { ...after },
  })
  return maintenanceView(after, deps.now())
}
