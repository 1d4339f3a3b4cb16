import type { Issue } from '../../shared/errors.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import type { PartnerPatch } from './schema.ts'

const message = 'is stored for another server: send it again with this change'

/**
 * The stored passwords that a change would send elsewhere: to another host, port or user, by another way (SSH on or off), or to whatever host
 * key comes first. Each has to be in the same request. A private key and its passphrase are never sent anywhere.
 */
export const secretsToResend = (before: PartnerDoc, after: PartnerDoc, patch: PartnerPatch): Issue[] => {
  const isSwitched = before.ssh.enabled !== after.ssh.enabled
  const isMoved = before.ssh.host !== after.ssh.host || before.ssh.port !== after.ssh.port
  const trustsAnyKey = after.ssh.trustOnFirstUse && !before.ssh.trustOnFirstUse
  const isOtherServer = isMoved || isSwitched || trustsAnyKey
  const isOtherDatabase = before.db.host !== after.db.host || before.db.port !== after.db.port || before.db.username !== after.db.username
  const reachesOtherwise = isSwitched || (after.ssh.enabled && isOtherServer)
  const resendSsh = before.ssh.password !== null && patch.ssh?.password === undefined && after.ssh.password !== null
  const resendDb = before.db.password !== null && patch.db?.password === undefined
  return [
    ...(resendSsh && after.ssh.enabled && (isOtherServer || before.ssh.username !== after.ssh.username)
      ? [{ path: 'ssh.password', message }]
      : []),
    ...(resendDb && (isOtherDatabase || reachesOtherwise) ? [{ path: 'db.password', message }] : []),
  ]
}
