import { afterEach, beforeEach, expect, test } from 'vitest'
import { bearerOf, type LoginUnderTest, openLogin, refreshCookieOf } from './login-under-test.ts'

let site: LoginUnderTest
let cookie: string
beforeEach(async () => {
  site = await openLogin()
  await site.addUser('Ada')
  cookie = refreshCookieOf(await site.signIn('Ada'))
})
afterEach(() => site.close())

const refresh = (Cookie: string) => site.request('/refresh', { method: 'POST', headers: { Cookie } })

test('exchanges the refresh token for a new one and a new access token', async () => {
  site.clock.ms += 900_000
  const response = await refresh(cookie)
  expect(response.status).toBe(200)
  expect(refreshCookieOf(response)).not.toBe(cookie)
  expect(response.headers.get('set-cookie')).toContain(`Max-Age=${7 * 86_400 - 900};`)
  expect((await site.request('/me', { headers: await bearerOf(response) })).status).toBe(200)
  site.clock.ms += 900_000
  expect((await refresh(refreshCookieOf(response))).status).toBe(200)
})

test('ends the whole session when a spent token is used again, audits and logs it', async () => {
  const renewed = await refresh(cookie)
  site.clock.ms += 10_000
  const reused = await site.request('/refresh', { method: 'POST', address: '203.0.113.66', headers: { Cookie: cookie } })
  expect(reused.status).toBe(401)
  expect((await site.request('/me', { headers: await bearerOf(renewed) })).status).toBe(401)
  expect((await refresh(refreshCookieOf(renewed))).status).toBe(401)
  expect(await site.audited()).toEqual(['session.reuse'])
  const entry = await site.db.collection('audit_log').findOne({ action: 'session.reuse' })
  expect(entry).toMatchObject({ target: { name: 'Ada' }, before: { address: '198.51.100.1' }, after: { address: '203.0.113.66' } })
  expect(site.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('ends the session when a token older than the last spent one is used, even within the grace', async () => {
  const second = await refresh(cookie)
  const third = await refresh(refreshCookieOf(second))
  expect((await refresh(cookie)).status).toBe(401)
  expect((await refresh(refreshCookieOf(third))).status).toBe(401)
  expect(await site.audited()).toEqual(['session.reuse'])
})

test('keeps a session whose tabs refresh at the same moment, and hands out one new refresh token', async () => {
  const answers = await Promise.all([refresh(cookie), refresh(cookie), refresh(cookie)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  for (const answer of answers) expect((await site.request('/me', { headers: await bearerOf(answer) })).status).toBe(200)
  const cookies = answers.map(refreshCookieOf).filter((each) => each !== '')
  expect(cookies).toHaveLength(1)
  site.clock.ms += 900_000
  expect((await refresh(cookies[0] ?? '')).status).toBe(200)
})

test('gives who replays a spent token within 10 s no refresh token, and nothing after', async () => {
  const renewed = await refresh(cookie)
  site.clock.ms += 9_999
  const replayed = await refresh(cookie)
  expect(replayed.status).toBe(200)
  expect(refreshCookieOf(replayed)).toBe('')
  site.clock.ms += 1
  expect((await refresh(cookie)).status).toBe(401)
  for (const answer of [renewed, replayed]) expect((await site.request('/me', { headers: await bearerOf(answer) })).status).toBe(401)
})

test('refuses a token that it never issued and lets the session be', async () => {
  for (const forged of ['', 'refresh_token=', 'refresh_token=x.y', `refresh_token=${'A'.repeat(43)}.${cookie.split('.')[1]}`])
    expect((await refresh(forged)).status).toBe(401)
  expect((await refresh(cookie)).status).toBe(200)
})

test('ends a session after its days, however often it was renewed', async () => {
  let latest = cookie
  for (let day = 0; day < 6; day++) {
    site.clock.ms += 86_400_000
    latest = refreshCookieOf(await refresh(latest))
  }
  site.clock.ms += 86_399_000
  const last = await refresh(latest)
  expect(last.status).toBe(200)
  site.clock.ms += 1000
  expect((await refresh(refreshCookieOf(last))).status).toBe(401)
  expect((await site.request('/me', { headers: await bearerOf(last) })).status).toBe(401)
})

test('refuses to renew for a user who was removed', async () => {
  await site.db.collection('users').deleteMany({})
  expect((await refresh(cookie)).status).toBe(401)
})
