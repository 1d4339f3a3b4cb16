import { z } from 'zod'
import { NewPassword } from '../../shared/fields.ts'
import { roles } from '../../shared/http/app-env.ts'

const UserRole = z.enum(roles)

export const NewUser = z
  .strictObject({
    username: z
      .string()
      .trim()
      .min(1, 'is required')
      .max(100)
      .regex(/^\P{C}*$/u, 'must not have invisible characters'),
    password: NewPassword,
    role: UserRole,
  })
  .meta({ id: 'NewUser' })
export type NewUser = z.infer<typeof NewUser>

/** What is not sent stays. */
export const UserPatch = z.strictObject({ role: UserRole.optional(), password: NewPassword.optional() }).meta({ id: 'UserPatch' })
export type UserPatch = z.infer<typeof UserPatch>

export const ListedUser = z
  .object({
    id: z.string(),
    username: z.string(),
    role: UserRole,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    lastSignInAt: z.iso.datetime().nullable(),
    openSessions: z.int(),
  })
  .meta({ id: 'User' })
export type ListedUser = z.infer<typeof ListedUser>
