import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bearerOf, type LoginUnderTest, openLogin } from './login-under-test.ts'

let site: LoginUnderTest
let userId: string
let headers: { Authorization: string }
beforeEach(async () => {
  site = await openLogin()
  userId = await site.addUser('Ada', 'ADMIN')
  headers = await bearerOf(await site.signIn('Ada'))
})
afterEach(() => site.close())

const me = (Authorization = headers.Authorization) => site.request('/me', { headers: { Authorization } })

test('accepts an access token for 15 minutes', async () => {
  site.clock.ms += 899_000
  expect(await (await me()).json()).toEqual({ id: userId, username: 'Ada', role: 'ADMIN' })
  site.clock.ms += 1000
  expect((await me()).status).toBe(401)
})

test('follows a changed role and a removed user at once', async () => {
  await site.db.collection('users').updateOne({ usernameKey: 'ada' }, { $set: { role: 'VIEWER' } })
  expect(await (await me()).json()).toMatchObject({ role: 'VIEWER' })
  await site.db.collection('users').deleteMany({})
  expect((await me()).status).toBe(401)
})

test('refuses what it did not sign, or signed for another purpose', async () => {
  const [session] = await site.deps.sessions.listByUser(userId, site.deps.now())
  const key = (secret: string) => new TextEncoder().encode(secret)
  const token = (claims: Record<string, unknown> = {}, header: { alg?: string; typ?: string } = {}, secret = site.deps.jwtSecret) =>
    new SignJWT({
      sub: userId,
      sid: session?._id,
      iss: 'jobtalk-admin',
      aud: 'jobtalk-admin-api',
      iat: site.clock.ms / 1000,
      exp: site.clock.ms / 1000 + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
      .sign(key(secret))
  const unsigned = `${btoa(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).replaceAll('=', '')}.${(await token()).split('.')[1]}.`
  const refused = await Promise.all([
    token({}, {}, 'another secret of 32 characters!'),
    token({}, { alg: 'HS512' }),
    token({}, { typ: 'JWT' }),
    token({ iss: 'someone' }),
    token({ aud: 'something' }),
    token({ exp: undefined }),
    token({ sid: 'another' }),
    token({ sid: undefined }),
    token({ sub: 'another' }),
    token({ exp: site.clock.ms / 1000 }),
  ])
  expect((await me(`Bearer ${await token()}`)).status).toBe(200)
  for (const each of [...refused, unsigned, 'x', '', 'a.b.c']) expect((await me(`Bearer ${each}`)).status).toBe(401)
  expect((await me(`Basic ${await token()}`)).status).toBe(401)
})

test("refuses a token that joins one user to another user's session", async () => {
  const otherId = await site.addUser('Eve')
  const [session] = await site.deps.sessions.listByUser(userId, site.deps.now())
  const mixed = await new SignJWT({ sid: session?._id })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setSubject(otherId)
    .setIssuer('jobtalk-admin')
    .setAudience('jobtalk-admin-api')
    .setIssuedAt(site.clock.ms / 1000)
    .setExpirationTime(site.clock.ms / 1000 + 60)
    .sign(new TextEncoder().encode(site.deps.jwtSecret))
  expect((await me(`Bearer ${mixed}`)).status).toBe(401)
})
