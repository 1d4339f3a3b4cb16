import { afterEach, beforeEach, expect, test } from 'vitest'
import { bearerOf, type LoginUnderTest, openLogin } from './login-under-test.ts'

let site: LoginUnderTest
let headers: { Authorization: string }
beforeEach(async () => {
  site = await openLogin()
  await site.addUser('Ada')
  headers = await bearerOf(await site.signIn('Ada'))
})
afterEach(() => site.close())

const change = (body: { currentPassword: string; newPassword: string }) => site.request('/password', { headers, body })
const good = { currentPassword: 'password of Ada', newPassword: 'twelve chars' }

test('sets the new password, ends the other sessions and keeps this one', async () => {
  const other = await bearerOf(await site.signIn('Ada'))
  expect((await change(good)).status).toBe(204)
  expect((await site.request('/me', { headers })).status).toBe(200)
  expect((await site.request('/me', { headers: other })).status).toBe(401)
  expect((await site.signIn('Ada')).status).toBe(401)
  expect((await site.signIn('Ada', { password: 'twelve chars' })).status).toBe(200)
  expect(await site.audited()).toEqual(['user.password'])
  expect(JSON.stringify(await site.db.collection('audit_log').find().toArray())).not.toContain('twelve chars')
})

test('refuses a wrong current password, a short new one and the same one, naming the field', async () => {
  for (const [body, path] of [
    [{ ...good, currentPassword: 'wrong' }, 'currentPassword'],
    [{ ...good, newPassword: 'eleven char' }, 'newPassword'],
    [{ ...good, newPassword: good.currentPassword }, 'newPassword'],
  ] as const) {
    const response = await change(body)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ error: { issues: [{ path }] } })
  }
  expect((await site.signIn('Ada')).status).toBe(200)
  expect(await site.audited()).toEqual([])
})

test('slows who guesses at the current password with a stolen access token', async () => {
  const guesses = await Promise.all(Array.from({ length: 8 }, () => change({ ...good, currentPassword: 'wrong' })))
  expect(guesses.map(({ status }) => status).sort()).toEqual([422, 422, 422, 422, 422, 429, 429, 429])
})

test('lets one of two changes at the same moment win', async () => {
  const answers = await Promise.all([change(good), change({ ...good, newPassword: 'another twelve' })])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 422])
})
