import { z } from 'zod'
import { NewPassword } from '../../shared/fields.ts'
import { roles } from '../../shared/http/app-env.ts'

export const Credentials = z
  .object({ username: z.string().trim().min(1).max(100), password: z.string().min(1).max(1024) })
  .meta({ id: 'Credentials' })

export const PasswordChange = z
  .object({ currentPassword: z.string().min(1).max(1024), newPassword: NewPassword })
  .meta({ id: 'PasswordChange' })
export type PasswordChange = z.infer<typeof PasswordChange>

export const User = z.object({ id: z.string(), username: z.string(), role: z.enum(roles) }).meta({ id: 'SignedInUser' })
export type User = z.infer<typeof User>

export const Access = z
  .object({ accessToken: z.string(), expiresIn: z.int().meta({ description: 'Seconds' }), user: User })
  .meta({ id: 'Access' })
export type Access = z.infer<typeof Access>

export const Session = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    address: z.string(),
    userAgent: z.string().nullable(),
    current: z.boolean().meta({ description: 'The session that asks' }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>
