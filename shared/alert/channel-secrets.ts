import type { AlertChannelDoc, ChannelConfig } from '../node/mongo/alerts/alert-channels.ts'
import type { SealContext, SealedValue, Sealer } from '../sealer.ts'

/** The fields of a channel's configuration that are sealed. */
const secretFields = { email: [], slack: ['url'], webhook: ['secret'], pagerduty: ['routingKey'] } as const

const mapSecrets = (config: ChannelConfig, change: (field: string, value: string) => string): ChannelConfig => {
  const secrets: readonly string[] = secretFields[config.type]
  const entries = Object.entries(config).map(([field, value]) => [field, secrets.includes(field) ? change(field, String(value)) : value])
  return Object.fromEntries(entries) as ChannelConfig
}

/** Where a channel's secret lives, which its envelope is bound to. */
const contextOf = (id: string, field: string): SealContext => ({ collection: 'alert_channels', id, field: `config.${field}` })

/** Seals what is secret in a channel's configuration. */
export const sealConfig = (sealer: Pick<Sealer, 'seal'>, id: string, config: ChannelConfig): ChannelConfig =>
  mapSecrets(config, (field, value) => sealer.seal(value, contextOf(id, field)))

/** Opens a stored configuration. Throws `SealError`. */
export const openConfig = (sealer: Pick<Sealer, 'open'>, id: string, config: ChannelConfig): ChannelConfig =>
  mapSecrets(config, (field, value) => sealer.open(value, contextOf(id, field)))

/** The sealed values of a stored channel. `field` of the context is the value's path in the document. */
export const sealedInChannel = ({ _id, config }: Pick<AlertChannelDoc, '_id' | 'config'>): SealedValue[] => {
  const sealed: SealedValue[] = []
  mapSecrets(config, (field, envelope) => {
    sealed.push({ envelope, context: contextOf(_id, field) })
    return envelope
  })
  return sealed
}

/** A configuration without what is secret in it. */
export const withoutSecrets = (config: ChannelConfig): Record<string, unknown> => {
  const secrets: readonly string[] = secretFields[config.type]
  return Object.fromEntries(Object.entries(config).filter(([field]) => !secrets.includes(field)))
}
