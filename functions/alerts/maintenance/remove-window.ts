import { windowTarget } from '../../../shared/audit.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { noSuchWindow } from './change-window.ts'
import type { MaintenanceDeps } from './plan-window.ts'

export const removeWindow = async (deps: MaintenanceDeps, actor: Actor, id: string): Promise<void> => {
  const removed = await deps.windows.remove(id)
  if (!removed) throw noSuchWindow()
  await deps.audit.record({ actor, action: 'maintenance.delete', target: windowTarget(removed), before: { ...removed }, after: null })
}
