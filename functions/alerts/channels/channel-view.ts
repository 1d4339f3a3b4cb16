import type { AlertChannelDoc, ChannelConfig } from '../../../shared/node/mongo/alerts/alert-channels.ts'

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
