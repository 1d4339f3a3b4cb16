import type { Partner } from '../../../../../shared/partner/partner-schema.ts'
import type { TlsMode } from '../../../../../shared/reach/reach-target.ts'

/** A secret as entered: empty text keeps what is stored, `isCleared` removes it. */
export type SecretValue = { text: string; isCleared: boolean }
export type HostKeyTrust = 'ask' | 'pin' | 'authority' | 'first-use'

/** What the form needs of a partner that exists. */
export type SavedPartner = Pick<
  Partner,
  | 'id'
  | 'partnerName'
  | 'tenantId'
  | 'timezone'
  | 'isActive'
  | 'priority'
  | 'concurrencyLimit'
  | 'maxConcurrency'
  | 'pauseNonPriorityCampaigns'
  | 'db'
  | 'version'
> & { ssh: SavedLogin & { enabled: boolean; jumps: SavedLogin[] } }

/** What the form needs of a stored login to an SSH server. */
export type SavedLogin = Omit<Partner['ssh']['jumps'][number], 'presentedHostKey'>

/** A login to an SSH server as typed, and which key the server has to have. */
export type LoginValues = {
  host: string
  port: string
  username: string
  signIn: 'password' | 'key' | 'both'
  password: SecretValue
  privateKey: SecretValue
  passphrase: SecretValue
  certificate: string
  trust: HostKeyTrust
  hostKeySha256: string
  /** Keys and fingerprints, one a line. */
  hostCa: string
  revokedKeys: string
}

/** The form as typed: numbers are text until they are sent. */
export type PartnerValues = {
  partnerName: string
  tenantId: string
  timezone: string
  isActive: boolean
  priority: string
  concurrencyLimit: string
  maxConcurrency: string
  pauseNonPriorityCampaigns: boolean
  db: {
    host: string
    port: string
    name: string
    username: string
    password: SecretValue
    tls: TlsMode
    tlsCa: string
    tlsCertificate: string
    tlsKey: SecretValue
  }
  ssh: LoginValues & { enabled: boolean; jumps: LoginValues[] }
}

const noSecret = (): SecretValue => ({ text: '', isCleared: false })

export const newLoginValues = (): LoginValues => ({
  host: '',
  port: '22',
  username: '',
  signIn: 'key',
  password: noSecret(),
  privateKey: noSecret(),
  passphrase: noSecret(),
  certificate: '',
  trust: 'ask',
  hostKeySha256: '',
  hostCa: '',
  revokedKeys: '',
})

export const newPartnerValues = (): PartnerValues => ({
  partnerName: '',
  tenantId: '0',
  timezone: 'America/New_York',
  isActive: true,
  priority: '4',
  concurrencyLimit: '10',
  maxConcurrency: '50',
  pauseNonPriorityCampaigns: false,
  db: {
    host: '127.0.0.1',
    port: '3306',
    name: '',
    username: '',
    password: noSecret(),
    tls: 'off',
    tlsCa: '',
    tlsCertificate: '',
    tlsKey: noSecret(),
  },
  ssh: { enabled: true, ...newLoginValues(), jumps: [] },
})

const trustOf = (login: SavedLogin): HostKeyTrust => {
  if (login.hostKey) return 'pin'
  if (login.hostCa.length > 0) return 'authority'
  return login.trustOnFirstUse ? 'first-use' : 'ask'
}

const signInOf = ({ hasPassword, hasPrivateKey }: SavedLogin) => {
  if (hasPassword && hasPrivateKey) return 'both'
  return hasPassword ? 'password' : 'key'
}

const valuesOfLogin = (login: SavedLogin): LoginValues => ({
  ...newLoginValues(),
  host: login.host,
  port: String(login.port),
  username: login.username,
  signIn: signInOf(login),
  certificate: login.certificate ?? '',
  trust: trustOf(login),
  hostKeySha256: login.hostKey?.sha256 ?? '',
  hostCa: login.hostCa.join('\n'),
  revokedKeys: login.revokedKeys.join('\n'),
})

/** A saved partner as the form shows it; its secrets stay where they are. */
export const valuesOfPartner = ({ db, ssh, ...partner }: SavedPartner): PartnerValues => ({
  partnerName: partner.partnerName,
  tenantId: String(partner.tenantId),
  timezone: partner.timezone,
  isActive: partner.isActive,
  priority: String(partner.priority),
  concurrencyLimit: String(partner.concurrencyLimit),
  maxConcurrency: String(partner.maxConcurrency),
  pauseNonPriorityCampaigns: partner.pauseNonPriorityCampaigns,
  db: {
    host: db.host,
    port: String(db.port),
    name: db.name,
    username: db.username,
    password: noSecret(),
    tls: db.tls,
    tlsCa: db.tlsCa ?? '',
    tlsCertificate: db.tlsCertificate ?? '',
    tlsKey: noSecret(),
  },
  ssh: { enabled: ssh.enabled, ...valuesOfLogin(ssh), jumps: ssh.jumps.map(valuesOfLogin) },
})

/** The stored login of a hop, whose secrets count where the hop still is what it was. */
export const savedJump = (saved: SavedPartner | null, index: number, { host, port, username }: LoginValues): SavedLogin | undefined => {
  const stored = saved?.ssh.jumps[index]
  const isSame = stored?.host === host.trim() && String(stored.port) === port.trim() && stored.username === username.trim()
  return isSame ? stored : undefined
}

/** The values with what changed from `before` to `now` taken over, where the user did not change the field as well. */
export const rebaseValues = <Values extends object>(values: Values, before: Values, now: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const [was, is] = [before[name as keyof Values], now[name as keyof Values]]
      // A list counts as one field.
      if (Array.isArray(value)) return [name, JSON.stringify(value) === JSON.stringify(was) ? is : value]
      if (typeof value === 'object' && value !== null) return [name, rebaseValues(value, was as object, is as object)]
      return [name, value === was ? is : value]
    }),
  ) as Values
