import type { Partner } from '../../../../../shared/partner/partner-schema.ts'
import type { TlsMode } from '../../../../../shared/reach/reach-target.ts'

/** A secret as entered: empty text keeps what is stored, `isCleared` removes it. */
export type SecretValue = { text: string; isCleared: boolean }
export type HostKeyTrust = 'ask' | 'pin' | 'first-use'

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
> & { ssh: Omit<Partner['ssh'], 'presentedHostKey'> }

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
  ssh: {
    enabled: boolean
    host: string
    port: string
    username: string
    signIn: 'password' | 'key'
    password: SecretValue
    privateKey: SecretValue
    passphrase: SecretValue
    trust: HostKeyTrust
    hostKeySha256: string
  }
}

const noSecret = (): SecretValue => ({ text: '', isCleared: false })

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
  ssh: {
    enabled: true,
    host: '',
    port: '22',
    username: '',
    signIn: 'key',
    password: noSecret(),
    privateKey: noSecret(),
    passphrase: noSecret(),
    trust: 'ask',
    hostKeySha256: '',
  },
})

const trustOf = (ssh: SavedPartner['ssh']): HostKeyTrust => {
  if (ssh.hostKey) return 'pin'
  return ssh.trustOnFirstUse ? 'first-use' : 'ask'
}

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
  ssh: {
    enabled: ssh.enabled,
    host: ssh.host,
    port: String(ssh.port),
    username: ssh.username,
    signIn: ssh.hasPassword ? 'password' : 'key',
    password: noSecret(),
    privateKey: noSecret(),
    passphrase: noSecret(),
    trust: trustOf(ssh),
    hostKeySha256: ssh.hostKey?.sha256 ?? '',
  },
})

/** The values with what changed from `before` to `now` taken over, where the user did not change the field as well. */
export const rebaseValues = <Values extends object>(values: Values, before: Values, now: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const [was, is] = [before[name as keyof Values], now[name as keyof Values]]
      if (typeof value === 'object' && value !== null) return [name, rebaseValues(value, was as object, is as object)]
      return [name, value === was ? is : value]
    }),
  ) as Values
