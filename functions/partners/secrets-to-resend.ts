import type { Issue } from '../../shared/errors.ts'
import type { PartnerDoc, SshLoginDoc } from '../../shared/node/mongo/partners/partners.ts'
import { type TlsMode, tlsModes } from '../../shared/reach/reach-target.ts'
import { isSameJump } from './patch-ssh-login.ts'
import type { PartnerPatch } from './schema.ts'

const message = 'is stored for another server: send it again with this change'

const trustsAnyKey = (before: SshLoginDoc, after: SshLoginDoc) => after.trustOnFirstUse && !before.trustOnFirstUse

/** The first hop from which on the way is another; `Infinity`: none. */
const firstOtherJump = (before: readonly SshLoginDoc[], after: readonly SshLoginDoc[]): number => {
  const places = before.length > after.length ? before : after
  const index = [...places.keys()].findIndex((at) => {
    const [was, is] = [before[at], after[at]]
    return !was || !is || !isSameJump(was, is) || trustsAnyKey(was, is)
  })
  return index === -1 ? Number.POSITIVE_INFINITY : index
}

const strength = ({ db }: PartnerDoc): number => tlsModes.indexOf(db.tls ?? 'off')
const checksCa = new Set<TlsMode | undefined>(['verify-ca', 'verify-full'])

/** Whether a change lets more servers, or more of those who listen, get at the database's password than before. */
const isLessProtected = (before: PartnerDoc, after: PartnerDoc): boolean =>
  strength(after) < strength(before) || (checksCa.has(before.db.tls) && (before.db.tlsCa ?? null) !== (after.db.tlsCa ?? null))

/**
 * The stored passwords that a change would send elsewhere: to another host, port or user, by another way (SSH on or off, another hop), to
 * whatever host key comes first, or less well encrypted. Each has to be in the same request. Private keys and a passphrase are never sent anywhere.
 */
export const secretsToResend = (before: PartnerDoc, after: PartnerDoc, patch: PartnerPatch): Issue[] => {
  const [wasJumps, jumps] = [before.ssh.jumps ?? [], after.ssh.jumps ?? []]
  const isSwitched = before.ssh.enabled !== after.ssh.enabled
  const firstOther = isSwitched ? 0 : firstOtherJump(wasJumps, jumps)
  const isMoved = before.ssh.host !== after.ssh.host || before.ssh.port !== after.ssh.port
  const isOtherServer = isMoved || isSwitched || trustsAnyKey(before.ssh, after.ssh) || firstOther < Number.POSITIVE_INFINITY
  const isOtherDatabase = before.db.host !== after.db.host || before.db.port !== after.db.port || before.db.username !== after.db.username
  const reachesOtherwise = isSwitched || (after.ssh.enabled && isOtherServer)
  const resendSsh = before.ssh.password !== null && patch.ssh?.password === undefined && after.ssh.password !== null
  const resendDb = before.db.password !== null && patch.db?.password === undefined
  const resendJump = (index: number) =>
    index >= firstOther &&
    (wasJumps[index]?.password ?? null) !== null &&
    patch.ssh?.jumps?.[index]?.password === undefined &&
    (jumps[index]?.password !== null || jumps[index]?.privateKey === null)
  return [
    ...(after.ssh.enabled ? [...jumps.keys()].filter(resendJump).map((index) => ({ path: `ssh.jumps.${index}.password`, message })) : []),
    ...(resendSsh && after.ssh.enabled && (isOtherServer || before.ssh.username !== after.ssh.username)
      ? [{ path: 'ssh.password', message }]
      : []),
    ...(resendDb && (isOtherDatabase || reachesOtherwise || isLessProtected(before, after)) ? [{ path: 'db.password', message }] : []),
  ]
}
