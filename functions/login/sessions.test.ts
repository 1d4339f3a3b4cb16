import { afterEach, beforeEach, expect, test } from 'vitest'
import { bearerOf, type LoginUnderTest, openLogin, refreshCookieOf } from './login-under-test.ts'
import type { Session } from './schema.ts'

let site: LoginUnderTest
beforeEach(async () => {
  site = await openLogin()
  await site.addUser('Ada')
  await site.addUser('Eve')
})
afterEach(() => site.close())

const sessionsOf = async (signedIn: Response) =>
  (await (await site.request('/sessions', { headers: await bearerOf(signedIn) })).json()) as Session[]

test('lists the own sessions that are live, the newest first, and marks the one that asks', async () => {
  const old = await site.signIn('Ada')
  site.clock.ms += 3_600_000
  await site.signIn('Eve')
  const recent = await site.signIn('Ada', { address: '203.0.113.9', headers: { 'User-Agent': 'Firefox' } })
  const sessions = await sessionsOf(recent)
  expect(sessions).toEqual([
    {
      id: expect.any(String),
      createdAt: '2026-03-02T13:00:00.000Z',
      lastUsedAt: '2026-03-02T13:00:00.000Z',
      expiresAt: '2026-03-09T13:00:00.000Z',
      address: '203.0.113.9',
      userAgent: 'Firefox',
      current: true,
    },
    expect.objectContaining({ createdAt: '2026-03-02T12:00:00.000Z', address: '198.51.100.1', userAgent: null, current: false }),
  ])
  site.clock.ms += 7 * 86_400_000 - 3_600_000
  const renewed = await site.signIn('Ada')
  expect(await sessionsOf(renewed)).toHaveLength(2)
  expect((await site.request('/me', { headers: await bearerOf(old) })).status).toBe(401)
})

test('ends one session at once, for its access token and its cookie, and audits it', async () => {
  const [lost, own] = [await site.signIn('Ada'), await site.signIn('Ada')]
  const other = (await sessionsOf(own)).find(({ current }) => !current)
  const revoke = async () => (await site.request(`/sessions/${other?.id}`, { method: 'DELETE', headers: await bearerOf(own) })).status
  expect(await revoke()).toBe(204)
  expect((await site.request('/me', { headers: await bearerOf(lost) })).status).toBe(401)
  expect((await site.request('/refresh', { method: 'POST', headers: { Cookie: refreshCookieOf(lost) } })).status).toBe(401)
  expect((await site.request('/me', { headers: await bearerOf(own) })).status).toBe(200)
  expect(await revoke()).toBe(404)
  expect(await site.audited()).toEqual(['session.revoke'])
})

test('ends all other sessions of the user at once, keeps the one that asks, and audits it', async () => {
  const [lost, own, eve] = [await site.signIn('Ada'), await site.signIn('Ada'), await site.signIn('Eve')]
  expect((await site.request('/sessions', { method: 'DELETE', headers: await bearerOf(own) })).status).toBe(204)
  expect((await site.request('/me', { headers: await bearerOf(lost) })).status).toBe(401)
  for (const kept of [own, eve]) expect((await site.request('/me', { headers: await bearerOf(kept) })).status).toBe(200)
  expect(await sessionsOf(own)).toHaveLength(1)
  expect(await site.audited()).toEqual(['session.revoke-others'])
})

test("refuses to end another user's session", async () => {
  const [ada, eve] = [await site.signIn('Ada'), await site.signIn('Eve')]
  const [session] = await sessionsOf(ada)
  expect((await site.request(`/sessions/${session?.id}`, { method: 'DELETE', headers: await bearerOf(eve) })).status).toBe(404)
  expect((await site.request('/me', { headers: await bearerOf(ada) })).status).toBe(200)
})

test('signs out by the cookie alone, after the access token expired, and clears the cookie', async () => {
  const signedIn = await site.signIn('Ada')
  site.clock.ms += 3_600_000
  const cookie = refreshCookieOf(signedIn)
  const response = await site.request('/logout', { method: 'POST', headers: { Cookie: cookie } })
  expect(response.status).toBe(204)
  expect(response.headers.get('set-cookie')).toMatch(/^refresh_token=; Max-Age=0; Path=\/api\/login; HttpOnly; SameSite=Strict$/)
  expect((await site.request('/refresh', { method: 'POST', headers: { Cookie: cookie } })).status).toBe(401)
  expect(await site.audited()).toEqual([])
  expect((await site.request('/logout', { method: 'POST' })).status).toBe(204)
})
