import type { ImportResult } from '../../../../../functions/partners/schema.ts'
import { type LoginValues, newLoginValues, type PartnerValues } from './partner-values.ts'

/** A host of an SSH configuration, as the import reads it. */
export type HostDraft = NonNullable<ImportResult['drafts']>[number]
type ServerDraft = Pick<HostDraft['partner']['ssh'], 'host' | 'port' | 'username' | 'hostKeySha256' | 'hostCa' | 'revokedKeys'>

/** Without secrets: those that were entered are for another server. */
const loginValues = ({ host, port, username, hostKeySha256, hostCa = [], revokedKeys = [] }: ServerDraft): LoginValues => ({
  ...newLoginValues(),
  host,
  port: String(port),
  username: username ?? '',
  trust: hostCa.length > 0 ? 'authority' : hostKeySha256 === undefined ? 'ask' : 'pin',
  hostKeySha256: hostKeySha256 ?? '',
  hostCa: hostCa.join('\n'),
  revokedKeys: revokedKeys.join('\n'),
})

/** The form with what the configuration says of a host and of the hops to it; the rest stays. */
export const fillFromConfig = (values: PartnerValues, { partner }: HostDraft): PartnerValues => {
  const { partnerName, db, ssh } = partner
  return {
    ...values,
    partnerName: values.partnerName.trim() === '' ? partnerName : values.partnerName,
    db: { ...values.db, ...(db && { host: db.host, port: String(db.port) }) },
    ssh: { enabled: true, ...loginValues(ssh), jumps: (ssh.jumps ?? []).map(loginValues) },
  }
}

/** The way to a host in a line: `ops@db.example:22 through bastion.example:22`. */
export const describeWay = ({ partner: { ssh } }: HostDraft): string => {
  const address = ({ host, port, username }: ServerDraft) => `${username === undefined ? '' : `${username}@`}${host}:${port}`
  const jumps = (ssh.jumps ?? []).map(address)
  return jumps.length === 0 ? address(ssh) : `${address(ssh)} through ${jumps.join(', ')}`
}
