import type { Sealer } from '../../shared/crypto/sealer.ts'
import type { Issue } from '../../shared/errors.ts'
import type { AuditLog } from '../../shared/mongo/audit-log.ts'

/** What every verb that writes a partner needs. */
export type WriteDeps = {
  sealer: Sealer
  audit: Pick<AuditLog, 'record'>
  /** Reads a private key; returns what is wrong with it, if anything. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined) => Issue | null
  /** Called after any change, so that what is shown follows. */
  changed: () => void
  newId: () => string
  now: () => Date
}
