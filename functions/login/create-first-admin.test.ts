import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFirstAdmin } from './create-first-admin.ts'
import { type LoginUnderTest, openLogin } from './login-under-test.ts'

let site: LoginUnderTest
beforeEach(async () => {
  site = await openLogin()
})
afterEach(() => site.close())

test('makes the admin with the given password and does not return it', async () => {
  expect(await createFirstAdmin(site.deps, 'given by the environment')).toBeNull()
  const response = await site.signIn('admin', { password: 'given by the environment' })
  expect(await response.json()).toMatchObject({ user: { username: 'admin', role: 'ADMIN' } })
  expect(await site.audited()).toEqual(['user.create'])
})

test('makes a password where none is given, and returns it this once', async () => {
  const password = await createFirstAdmin(site.deps)
  expect(password).toMatch(/^[\w-]{20}$/)
  expect((await site.signIn('admin', { password: password ?? '' })).status).toBe(200)
  expect(await createFirstAdmin(site.deps)).toBeNull()
})

test('makes nobody where there is a user already', async () => {
  await site.addUser('Ada')
  expect(await createFirstAdmin(site.deps, 'given by the environment')).toBeNull()
  expect(await site.deps.users.findByUsername('admin')).toBeNull()
})

test('makes one admin when several processes start together, and returns one password', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => createFirstAdmin(site.deps)))
  expect(made.filter((password) => password !== null)).toHaveLength(1)
  expect(await site.db.collection('users').countDocuments()).toBe(1)
  expect(await site.audited()).toEqual(['user.create'])
})
