import { tokenTarget } from '../../shared/audit.ts'
import { AppError, invalidField } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { hashToken, makeToken } from '../../shared/http/token.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { ServiceTokenStore } from '../../shared/node/mongo/access/service-tokens.ts'
import { serviceTokenPrefix } from './authenticate-service-token.ts'
import type { CreatedToken, NewToken } from './schema.ts'
import { tokenView } from './token-view.ts'

export type CreateTokenDeps = {
  tokens: Pick<ServiceTokenStore, 'insert'>
  audit: Pick<AuditLog, 'record'>
  now: () => Date
  newId: () => string
}

const longestLifeMs = 400 * 24 * 3_600_000
/** Enough to recognise a token by; over 200 of its 256 bits stay unseen. */
const shownCharacters = serviceTokenPrefix.length + 8

/** Makes a service token. The answer is the only place where it can be read. */
export const createToken = async (deps: CreateTokenDeps, actor: Actor, input: NewToken): Promise<CreatedToken> => {
  const now = deps.now()
  const expiresAt = new Date(input.expiresAt)
  if (expiresAt <= now) throw invalidField('expiresAt', 'must lie in the future')
  if (expiresAt.getTime() > now.getTime() + longestLifeMs) throw invalidField('expiresAt', 'must be at most 400 days ahead')

  const token = `${serviceTokenPrefix}${makeToken()}`
  const stored = {
    _id: deps.newId(),
    name: input.name,
    prefix: token.slice(0, shownCharacters),
    hash: await hashToken(token),
    scopes: input.scopes,
    expiresAt,
    createdAt: now,
    createdBy: { id: actor.id, name: actor.name },
    lastUsedAt: null,
  }
  if (!(await deps.tokens.insert(stored))) throw new AppError('conflict', 'A token of this name exists.')
  const { name, prefix, scopes } = stored
  await deps.audit.record({
    actor,
    action: 'token.create',
    target: tokenTarget(stored),
    before: null,
    after: { name, prefix, scopes, expiresAt },
  })
  return { ...tokenView(stored), token }
}
