import type { z } from 'zod'
import { ChannelPatch, channelConfig, type NewChannel } from '../../../../../functions/alerts/channels/schema.ts'
import type { FiringLevel } from '../../../../../shared/snapshot/snapshot.ts'
import type { ChannelView } from '../alert-views.ts'

/** A channel as its form has it: the fields of every type at once, secrets empty where they stay as they are. */
export type ChannelValues = {
  type: ChannelView['type']
  name: string
  isActive: boolean
  levels: FiringLevel[]
  partnerIds: string[] | null
  isEscalation: boolean
  /** The email addresses, separated by spaces, commas or lines. */
  to: string
  url: string
  secret: string
  routingKey: string
}

export const newChannelValues: ChannelValues = {
  type: 'email',
  name: '',
  isActive: true,
  levels: ['CRITICAL', 'HIGH'],
  partnerIds: null,
  isEscalation: false,
  to: '',
  url: '',
  secret: '',
  routingKey: '',
}

export const channelValues = ({ type, name, isActive, levels, partnerIds, isEscalation, config }: ChannelView): ChannelValues => ({
  ...newChannelValues,
  ...{ type, name, isActive, levels, partnerIds, isEscalation },
  to: 'to' in config ? config.to.join('\n') : '',
  url: 'url' in config ? config.url : '',
})

export const addressesOf = (to: string): string[] => to.split(/[\s,;]+/).filter(Boolean)

const common = ({ name, isActive, levels, partnerIds, isEscalation }: ChannelValues) => ({
  name,
  isActive,
  levels: [...levels],
  partnerIds: partnerIds && [...partnerIds],
  isEscalation,
})

export const toNewChannel = (values: ChannelValues): z.input<typeof NewChannel> => {
  const { type, to, url, secret, routingKey } = values
  const fields = common(values)
  switch (type) {
    case 'email':
      return { ...fields, type, config: { to: addressesOf(to) } }
    case 'slack':
      return { ...fields, type, config: { url: url.trim() } }
    case 'webhook':
      return { ...fields, type, config: { url: url.trim(), secret } }
    case 'pagerduty':
      return { ...fields, type, config: { routingKey: routingKey.trim() } }
  }
}

/** What changes a channel: a secret that is left empty stays. */
export const toChannelPatch = (values: ChannelValues, version: number): z.input<typeof ChannelPatch> => {
  const config: Record<string, unknown> = toNewChannel(values).config
  return { version, ...common(values), config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== '')) }
}

export const patchSchema = (type: ChannelView['type']) => ChannelPatch.extend({ config: channelConfig[type].partial() })

/** A new secret in the form of Standard Webhooks. */
export const makeWebhookSecret = (): string => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`
