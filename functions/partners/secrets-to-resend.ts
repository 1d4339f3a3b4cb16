import type { Issue } from '../../shared/errors.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { type TlsMode, tlsModes } from '../../shared/reach/reach-target.ts'
import type { PartnerPatch } from './schema.ts'

const message = 'is stored for another server: send it again with this change'

const strength = ({ db }: PartnerDoc): number => tlsModes.indexOf(db.tls ?? 'off')
const checksCa = new Set<TlsMode | undefined>(['verify-ca', 'verify-full'])

/** Whether a change lets more servers, or more of those who listen, get at the database's password than before. */
const isLessProtected = (before: PartnerDoc, after: PartnerDoc): boolean =>
  strength(after) < strength(before) || (checksCa.has(before.db.tls) && (before.db.tlsCa ?? null) !== (after.db.tlsCa ?? null))

/**
 * The stored passwords that a change would send elsewhere: to another host, port or user, by another way (SSH on or off), to whatever host
 * key comes first, or less well encrypted. Each has to be in the same request. Private keys and a passphrase are never sent anywhere.
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
    ...(resendDb && (isOtherDatabase || reachesOtherwise || isLessProtected(before, after)) ? [{ path: 'db.password', message }] : []),
  ]
}
