import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { PrivateKeyDeps } from '../../shared/partner/private-key-issue.ts'
import type { Sealer } from '../../shared/sealer.ts'

/** What every verb that writes a partner needs. */
export type WriteDeps = PrivateKeyDeps & {
  sealer: Sealer
  audit: Pick<AuditLog, 'record'>
  /** Called after any change, so that what is shown follows. */
  changed: () => void
  newId: () => string
  now: () => Date
}
