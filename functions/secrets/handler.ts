import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { type ResealDeps, resealSecrets } from './reseal-secrets.ts'
import { Resealed } from './schema.ts'

export type SecretsDeps = GuardDeps & ResealDeps

export const secrets = (deps: SecretsDeps) =>
  new Hono<AppEnv>().use(requireUser(deps), requireRole('ADMIN')).post(
    '/reseal',
    contract({
      summary: 'Seal every stored secret under the present ENCRYPTION_KEY; safe to repeat',
      tag: 'secrets',
      answers: { 200: Resealed },
      errors: ['conflict'],
    }),
    async (c) => c.json(await resealSecrets(deps, c.get('actor'))),
  )

export type SecretsApi = ReturnType<typeof secrets>
