import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import type { ServiceTokenStore } from '../../shared/node/mongo/access/service-tokens.ts'
import { type CreateTokenDeps, createToken } from './create-token.ts'
import { type RevokeTokenDeps, revokeToken } from './revoke-token.ts'
import { CreatedToken, NewToken, Token } from './schema.ts'
import { tokenView } from './token-view.ts'

export type TokensDeps = GuardDeps & CreateTokenDeps & RevokeTokenDeps & { tokens: Pick<ServiceTokenStore, 'list'> }

const tag = 'tokens'

export const tokens = (deps: TokensDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps), requireRole('ADMIN'))
    .get('/', contract({ summary: 'List the service tokens', tag, answers: { 200: z.array(Token) } }), async (c) =>
      c.json((await deps.tokens.list()).map(tokenView)),
    )
    .post(
      '/',
      contract({ summary: 'Make a service token', tag, answers: { 201: CreatedToken }, errors: ['bad_request', 'conflict'] }),
      json(NewToken),
      async (c) => {
        const created = await createToken(deps, c.get('actor'), c.req.valid('json'))
        c.header('Cache-Control', 'no-store')
        return c.json(created, 201)
      },
    )
    .delete('/:id', contract({ summary: 'Revoke a service token', tag, answers: { 204: null }, errors: ['not_found'] }), async (c) => {
      await revokeToken(deps, c.get('actor'), c.req.param('id'))
      return c.body(null, 204)
    })

export type TokensApi = ReturnType<typeof tokens>
