import type { ServiceTokenDoc } from '../../shared/node/mongo/access/service-tokens.ts'
import type { Token } from './schema.ts'

export const tokenView = (token: Omit<ServiceTokenDoc, 'nameKey'>): Token => ({
  id: token._id,
  name: token.name,
  prefix: token.prefix,
  scopes: token.scopes,
  expiresAt: token.expiresAt.toISOString(),
  createdAt: token.createdAt.toISOString(),
  createdBy: token.createdBy.name,
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
})
