import { z } from 'zod'
import { scopes } from '../../shared/http/app-env.ts'

const Scopes = z.array(z.enum(scopes))

export const NewToken = z
  .object({
    name: z.string().trim().min(1).max(100),
    scopes: Scopes.min(1).transform((chosen) => [...new Set(chosen)]),
    expiresAt: z.iso.datetime({ offset: true }).meta({ description: 'At most 400 days ahead' }),
  })
  .meta({ id: 'NewToken' })
export type NewToken = z.infer<typeof NewToken>

export const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: Scopes,
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Token' })
export type Token = z.infer<typeof Token>

export const CreatedToken = Token.extend({ token: z.string().meta({ description: 'Shown this once' }) }).meta({ id: 'CreatedToken' })
export type CreatedToken = z.infer<typeof CreatedToken>
