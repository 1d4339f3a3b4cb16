import type { Sealer } from '../../shared/crypto/sealer.ts'
import type { KeyCheckDeps } from '../../shared/key-issue.ts'
import type { AuditLog } from '../../shared/mongo/audit-log.ts'

/** What every verb that writes a partner needs. */
export type WriteDeps = KeyCheckDeps & {
  sealer: Sealer
  audit: Pick<AuditLog, 'record'>
  /** Called after any change, so that what is shown follows. */
  changed: () => void
  newId: () => string
  now: () => Date
}
