import { windowTarget } from '../../../shared/audit.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { MaintenanceWindowStore } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { maintenanceView } from './maintenance-view.ts'
import type { NewMaintenance } from './schema.ts'

export type MaintenanceDeps = {
  windows: MaintenanceWindowStore
  audit: Pick<AuditLog, 'record'>
  newId: () => string
  now: () => Date
}

export const planWindow = async (deps: MaintenanceDeps, actor: Actor, input: NewMaintenance) => {
  const doc = { _id: deps.newId(), ...input, createdBy: actor.name, createdAt: deps.now() }
  await deps.windows.insert(doc)
  await deps.audit.record({ actor, action: 'maintenance.create', target: windowTarget(doc), before: null, after: { ...doc } })
  return maintenanceView(doc, deps.now())
}
