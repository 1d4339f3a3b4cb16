import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashToken } from '../../shared/http/token.ts'
import { createPasswordHasher } from '../../shared/node/crypto/password.ts'
import { logIn } from './log-in.ts'
import { type LoginUnderTest, openLogin, refreshCookieOf } from './login-under-test.ts'

let site: LoginUnderTest
let userId: string
beforeEach(async () => {
  site = await openLogin()
  userId = await site.addUser('Ada', 'ADMIN')
})
afterEach(() => site.close())

test('answers with an access token of 15 minutes, the user, and a refresh cookie that scripts and other sites cannot use', async () => {
  const response = await site.signIn('Ada')
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const body = (await response.json()) as { accessToken: string }
  expect(body).toEqual({ accessToken: expect.any(String), expiresIn: 900, user: { id: userId, username: 'Ada', role: 'ADMIN' } })
  expect(decodeProtectedHeader(body.accessToken)).toEqual({ alg: 'HS256', typ: 'at+jwt' })
  const { iat = 0, exp, iss, aud, sub } = decodeJwt(body.accessToken)
  expect({ exp, iss, aud, sub }).toEqual({ exp: iat + 900, iss: 'jobtalk-admin', aud: 'jobtalk-admin-api', sub: userId })
  expect(response.headers.get('set-cookie')).toMatch(
    /^refresh_token=[\w-]{43}\.[\w-]{43}; Max-Age=604800; Path=\/api\/login; HttpOnly; SameSite=Strict$/,
  )
})

test('marks the cookie Secure on HTTPS', async () => {
  const response = await site.signIn('Ada', { headers: { 'X-Forwarded-Proto': 'https' } })
  expect(response.headers.get('set-cookie')).toContain('; Secure')
})

test('takes the name in any case and any compatible form', async () => {
  expect((await site.signIn('ADA', { password: 'password of Ada' })).status).toBe(200)
  expect((await site.signIn('ａｄａ', { password: 'password of Ada' })).status).toBe(200)
})

test('answers the same, after the same work, to an unknown user and to a wrong password', async () => {
  const answers = []
  for (const username of ['Ada', 'Nobody']) {
    const before = site.deps.passwords.verified
    const response = await site.signIn(username, { password: 'wrong' })
    const { error } = (await response.json()) as { error: object }
    answers.push({ status: response.status, error: { ...error, requestId: '' }, derivations: site.deps.passwords.verified - before })
    expect(response.headers.get('set-cookie')).toBeNull()
  }
  expect(answers[0]).toMatchObject({ status: 401, error: { code: 'unauthenticated' }, derivations: 1 })
  expect(answers[1]).toEqual(answers[0])
})

test('takes only JSON, which a form of another site cannot send', async () => {
  const form = { method: 'POST', headers: { 'Content-Type': 'text/plain' } }
  expect((await site.request('', form)).status).toBe(422)
  expect((await site.request('', { body: { username: 'Ada' } })).status).toBe(422)
})

test('stores neither the refresh token nor what was typed, only hashes', async () => {
  const [family = '', secret = ''] = refreshCookieOf(await site.signIn('Ada'))
    .replace('refresh_token=', '')
    .split('.')
  await site.signIn('my-password-typed-as-name', { password: 'wrong' })
  const everything = await Promise.all(['sessions', 'login_attempts', 'audit_log'].map((name) => site.db.collection(name).find().toArray()))
  const text = JSON.stringify(everything)
  expect(text).toContain(await hashToken(secret))
  for (const hidden of [family, secret, 'my-password-typed-as-name']) expect(text).not.toContain(hidden)
})

test('hashes the password again when its hash was made with older parameters', async () => {
  await site.deps.users.rehash(userId, 'v2:password of Ada', 'v1:password of Ada')
  expect((await site.signIn('Ada')).status).toBe(200)
  expect(await site.deps.users.find(userId)).toMatchObject({ passwordHash: 'v2:password of Ada', passwordVersion: 1 })
})

test('opens no session for a password that was changed while it was checked', async () => {
  const changedMeanwhile = {
    ...site.deps,
    passwords: {
      ...site.deps.passwords,
      verify: async () => site.deps.users.changePassword(userId, 1, { passwordHash: 'v2:another', at: site.deps.now() }),
    },
  }
  const attempt = { username: 'Ada', password: 'password of Ada', client: { address: '198.51.100.1', userAgent: null } }
  await expect(logIn(changedMeanwhile, attempt)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await site.deps.sessions.listByUser(userId, site.deps.now())).toEqual([])
})

test('signs in with a password hashed by scrypt', async () => {
  const deps = { ...site.deps, passwords: createPasswordHasher() }
  await deps.users.rehash(userId, 'v2:password of Ada', await deps.passwords.hash('a real password'))
  const attempt = { username: 'ada', password: 'a real password', client: { address: '198.51.100.1', userAgent: null } }
  expect((await logIn(deps, attempt)).access.user.username).toBe('Ada')
  await expect(logIn(deps, { ...attempt, password: 'not it' })).rejects.toMatchObject({ code: 'unauthenticated' })
})
