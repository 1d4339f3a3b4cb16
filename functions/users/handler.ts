import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { type CreateUserDeps, createUser } from './create-user.ts'
import { type DeleteUserDeps, deleteUser } from './delete-user.ts'
import { type ListUsersDeps, listUsers } from './list-users.ts'
import { ListedUser, NewUser, UserPatch } from './schema.ts'
import { type UpdateUserDeps, updateUser } from './update-user.ts'

export type UsersDeps = GuardDeps & ListUsersDeps & CreateUserDeps & UpdateUserDeps & DeleteUserDeps

const tag = 'users'

export const users = (deps: UsersDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps), requireRole('ADMIN'))
    .get('/', contract({ summary: 'List the users', tag, answers: { 200: z.array(ListedUser) } }), async (c) =>
      c.json(await listUsers(deps)),
    )
    .post(
      '/',
      contract({ summary: 'Create a user', tag, answers: { 201: ListedUser }, errors: ['bad_request', 'conflict'] }),
      json(NewUser),
      async (c) => c.json(await createUser(deps, c.get('actor'), c.req.valid('json')), 201),
    )
    .patch(
      '/:id',
      contract({
        summary: "Change a user's role or password; a new password ends the user's sessions",
        tag,
        answers: { 200: ListedUser },
        errors: ['bad_request', 'not_found', 'conflict'],
      }),
      json(UserPatch),
      async (c) => c.json(await updateUser(deps, c.get('actor'), c.req.param('id'), c.req.valid('json'))),
    )
    .delete('/:id', contract({ summary: 'Delete a user', tag, answers: { 204: null }, errors: ['not_found', 'conflict'] }), async (c) => {
      await deleteUser(deps, c.get('actor'), c.req.param('id'))
      return c.body(null, 204)
    })

export type UsersApi = ReturnType<typeof users>
