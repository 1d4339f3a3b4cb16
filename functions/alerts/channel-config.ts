import type { Sealer } from '../../shared/crypto/sealer.ts'
import type { AlertChannelDoc, ChannelConfig } from '../../shared/mongo/alert-channels.ts'

/** The fields of a channel's configuration that are sealed. */
const secretFields = { email: [], slack: ['url'], webhook: ['secret'], pagerduty: ['routingKey'] } as const

const mapSecrets = (config: ChannelConfig, change: (field: string, value: string) => string): ChannelConfig => {
  const secrets: readonly string[] = secretFields[config.type]
  const entries = Object.entries(config).map(([field, value]) => [field, secrets.includes(field) ? change(field, String(value)) : value])
  return Object.fromEntries(entries) as ChannelConfig
}

const contextOf = (id: string, field: string) => ({ collection: 'alert_channels', id, field: `config.${field}` })

/** Seals what is secret in a channel's configuration. */
export const sealConfig = (sealer: Pick<Sealer, 'seal'>, id: string, config: ChannelConfig): ChannelConfig =>
  mapSecrets(config, (field, value) => sealer.seal(value, contextOf(id, field)))

/** Opens a stored configuration. Throws `SealError`. */
export const openConfig = (sealer: Pick<Sealer, 'open'>, id: string, config: ChannelConfig): ChannelConfig =>
  mapSecrets(config, (field, value) => sealer.open(value, contextOf(id, field)))

/** A configuration without what is secret in it. */
export const withoutSecrets = (config: ChannelConfig): Record<string, unknown> => {
  const secrets: readonly string[] = secretFields[config.type]
  return Object.fromEntries(Object.entries(config).filter(([field]) => !secrets.includes(field)))
}

const shownConfig = (config: ChannelConfig) => {
  if (config.type === 'email') return { to: config.to }
  if (config.type === 'webhook') return { url: config.url, hasSecret: true }
  return config.type === 'slack' ? { hasUrl: true } : { hasRoutingKey: true }
}

/** A channel as the API shows it: secrets are only said to be there. */
export const channelView = (doc: AlertChannelDoc) => ({
  id: doc._id,
  type: doc.config.type,
  name: doc.name,
  isActive: doc.isActive,
  levels: doc.levels,
  partnerIds: doc.partnerIds,
  isEscalation: doc.isEscalation,
  config: shownConfig(doc.config),
  problem: doc.problem && { ...doc.problem, at: doc.problem.at.toISOString() },
  version: doc.version,
  createdAt: doc.createdAt.toISOString(),
  updatedAt: doc.updatedAt.toISOString(),
})
