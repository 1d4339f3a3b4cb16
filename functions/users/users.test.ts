import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import type { AuditEntry } from '../../shared/node/mongo/access/audit-log.ts'
import type { UserDoc } from '../../shared/node/mongo/access/users.ts'
import { type RouterDeps, router } from '../router.ts'
import type { ListedUser } from './schema.ts'

let site: AppUnderTest
let admin: string
beforeAll(async () => {
  site = await openApp()
})
beforeEach(async () => {
  for (const name of ['users', 'sessions', 'audit_log', 'login_attempts']) await site.db.collection(name).deleteMany()
  admin = await site.signIn('ADMIN')
})
afterAll(() => site.close())

const newEve = { username: 'Eve', password: 'a first password', role: 'VIEWER' }
const create = (changes: Partial<typeof newEve> = {}) =>
  site.read<ListedUser>('POST /api/users', { as: admin, body: { ...newEve, ...changes } })
const list = () => site.read<ListedUser[]>('GET /api/users', { as: admin })
const named = async (username: string) => (await list()).find((user) => user.username === username)!
const logIn = (username: string, password: string) => site.request('POST /api/login', { body: { username, password } })
const tokenOf = async (response: Response) => ((await response.json()) as { accessToken: string }).accessToken
const audited = () => site.db.collection<AuditEntry>('audit_log').find().sort({ _id: 1 }).toArray()
const statusOf = async (answer: Promise<Response>) => (await answer).status

test('a new user is listed by name, and signs in at once', async () => {
  const created = await create()
  expect(created).toEqual({
    ...{ id: expect.any(String), username: 'Eve', role: 'VIEWER', createdAt: expect.any(String), updatedAt: created.createdAt },
    ...{ lastSignInAt: null, openSessions: 0 },
  })
  expect(await list()).toMatchObject([{ username: 'admin', openSessions: 1, lastSignInAt: expect.any(String) }, created])
  const before = Date.now()
  expect(await statusOf(logIn('eve', newEve.password))).toBe(200)
  await logIn('eve', newEve.password)
  const seen = await named('Eve')
  expect(seen.openSessions).toBe(2)
  expect(Date.parse(seen.lastSignInAt ?? '')).toBeGreaterThanOrEqual(before)
})

test('a name that is taken in another case is refused, and so is all that makes no user, by its field', async () => {
  await create()
  expect(await statusOf(site.request('POST /api/users', { as: admin, body: { ...newEve, username: ' EVE ' } }))).toBe(409)
  for (const [body, path] of [
    [{ ...newEve, username: ' ' }, 'username'],
    [{ ...newEve, username: 'E\u200Bve' }, 'username'],
    [{ ...newEve, password: 'eleven char' }, 'password'],
    [{ ...newEve, role: 'OWNER' }, 'role'],
    [{ ...newEve, isAdmin: true }, 'isAdmin'],
  ] as const) {
    const response = await site.request('POST /api/users', { as: admin, body })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ error: { issues: [{ path }] } })
  }
  expect(await list()).toHaveLength(2)
})

test('another role counts at once, for sessions that are open too', async () => {
  const { id } = await create()
  const eve = await tokenOf(await logIn('Eve', newEve.password))
  expect(await statusOf(site.request('GET /api/users', { as: eve }))).toBe(403)
  expect(await site.read(`PATCH /api/users/${id}`, { as: admin, body: { role: 'ADMIN' } })).toMatchObject({
    role: 'ADMIN',
    openSessions: 1,
  })
  expect(await statusOf(site.request('GET /api/users', { as: eve }))).toBe(200)
})

test('a password that is reset ends the sessions and the old password, and the new one works', async () => {
  const { id } = await create()
  const eve = await tokenOf(await logIn('Eve', newEve.password))
  expect(await site.read(`PATCH /api/users/${id}`, { as: admin, body: { password: 'a second password' } })).toMatchObject({
    openSessions: 0,
  })
  expect(await statusOf(site.request('GET /api/login/me', { as: eve }))).toBe(401)
  expect(await statusOf(logIn('Eve', newEve.password))).toBe(401)
  expect(await statusOf(logIn('Eve', 'a second password'))).toBe(200)
})

test('nobody resets the own password without the current one', async () => {
  const { id } = await named('admin')
  const response = await site.request(`PATCH /api/users/${id}`, { as: admin, body: { password: 'a stolen session' } })
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ error: { issues: [{ path: 'password' }] } })
  expect(await statusOf(logIn('admin', 'password of admin'))).toBe(200)
})

test('a deleted user is signed out at once, and the name is free again', async () => {
  const { id } = await create()
  const eve = await tokenOf(await logIn('Eve', newEve.password))
  expect(await statusOf(site.request(`DELETE /api/users/${id}`, { as: admin }))).toBe(204)
  expect(await statusOf(site.request('GET /api/login/me', { as: eve }))).toBe(401)
  expect(await statusOf(logIn('Eve', newEve.password))).toBe(401)
  expect(await statusOf(site.request(`DELETE /api/users/${id}`, { as: admin }))).toBe(404)
  expect(await statusOf(site.request(`PATCH /api/users/${id}`, { as: admin, body: { role: 'ADMIN' } }))).toBe(404)
  expect((await create()).id).not.toBe(id)
})

test('the last admin stays one, and nobody deletes themself', async () => {
  const { id } = await named('admin')
  const demote = (userId: string, as = admin) => site.request(`PATCH /api/users/${userId}`, { as, body: { role: 'VIEWER' } })
  expect(await statusOf(demote(id))).toBe(409)
  expect(await statusOf(site.request(`DELETE /api/users/${id}`, { as: admin }))).toBe(409)
  await create({ username: 'Ada', role: 'ADMIN' })
  expect(await statusOf(site.request(`DELETE /api/users/${id}`, { as: admin }))).toBe(409)
  expect(await statusOf(demote(id))).toBe(200)
  expect(await statusOf(site.request('GET /api/users', { as: admin }))).toBe(403)
})

/** The routes of two processes that share a database. Both find another admin, one after the other, before either writes. */
const startTwoProcesses = () => {
  const claimed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  return claimed.map(({ resolve }, index) => {
    const claimAdmins: RouterDeps['users']['claimAdmins'] = async (...claim) => {
      if (index === 1) await claimed[0].promise
      const outcome = await site.deps.users.claimAdmins(...claim)
      resolve()
      await claimed[1].promise
      return outcome
    }
    return router({ ...site.deps, users: { ...site.deps.users, claimAdmins } }, ['users'])
  })
}

test.each(['PATCH', 'DELETE'])('of two admins who take the role from each other at the same moment (%s) one stays', async (method) => {
  const ada = await create({ username: 'Ada', role: 'ADMIN' })
  const asAda = await tokenOf(await logIn('Ada', newEve.password))
  const victims = [
    { as: admin, id: ada.id },
    { as: asAda, id: (await named('admin')).id },
  ]
  const outcomes = await Promise.all(
    startTwoProcesses().map((app, index) => {
      const { as, id } = victims[index]!
      return statusOf(site.request(`${method} /api/users/${id}`, { as, ...(method === 'PATCH' && { body: { role: 'VIEWER' } }) }, app))
    }),
  )
  expect(outcomes.toSorted()).toEqual([method === 'PATCH' ? 200 : 204, 409])
  expect(await site.db.collection<UserDoc>('users').countDocuments({ role: 'ADMIN' })).toBe(1)
})

test('each change is audited with who and what, and no password, hashed or not', async () => {
  const { id } = await create()
  await site.request(`PATCH /api/users/${id}`, { as: admin, body: { role: 'ADMIN', password: 'a second password' } })
  await site.request(`PATCH /api/users/${id}`, { as: admin, body: { role: 'ADMIN' } })
  await site.request(`DELETE /api/users/${id}`, { as: admin })
  const entries = await audited()
  const by = { actor: { kind: 'user', name: 'admin' }, target: { collection: 'users', id, name: 'Eve' } }
  expect(entries).toMatchObject([
    { ...by, action: 'user.create', before: null, after: { username: 'Eve', role: 'VIEWER', password: '[hashed]' } },
    { ...by, action: 'user.update', before: { role: 'VIEWER' }, after: { role: 'ADMIN', password: '[hashed]' } },
    { ...by, action: 'user.delete', before: { username: 'Eve', role: 'ADMIN' }, after: null },
  ])
  expect(JSON.stringify([entries, await list()])).not.toMatch(/scrypt|first password|second password/)
})
