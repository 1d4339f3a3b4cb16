import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LoginUnderTest, openLogin } from './login-under-test.ts'
import { slowDown } from './slow-down.ts'

const minuteMs = 60_000
let site: LoginUnderTest
beforeEach(async () => {
  site = await openLogin()
  await site.addUser('Ada')
  await site.addUser('Eve')
})
afterEach(() => site.close())

const fail = async (username: string, times: number, address?: string) => {
  const statuses: number[] = []
  for (let attempt = 0; attempt < times; attempt++)
    statuses.push((await site.signIn(username, { password: 'wrong', ...(address && { address }) })).status)
  return statuses
}

test('makes the sixth attempt wait, without checking its password, and says for how long', async () => {
  expect(await fail('Ada', 5)).toEqual([401, 401, 401, 401, 401])
  const checked = site.deps.passwords.verified
  const refused = await site.signIn('Ada')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('60')
  expect(await refused.json()).toMatchObject({ error: { code: 'too_many_requests' } })
  expect(site.deps.passwords.verified).toBe(checked)
  site.clock.ms += minuteMs
  expect((await site.signIn('Ada')).status).toBe(200)
})

test('doubles the wait when the next attempt fails as well', async () => {
  await fail('Ada', 5)
  site.clock.ms += minuteMs
  expect(await fail('Ada', 2)).toEqual([401, 429])
  expect((await site.signIn('Ada')).headers.get('retry-after')).toBe('120')
})

test('grants a burst of 20 parallel attempts no more than 5 checks', async () => {
  for (const familiar of [false, true]) {
    if (familiar) expect((await site.signIn('Ada', { address: '203.0.113.1' })).status).toBe(200)
    const address = familiar ? '203.0.113.1' : '203.0.113.2'
    const checked = site.deps.passwords.verified
    const answers = await Promise.all(Array.from({ length: 20 }, () => site.signIn('Ada', { password: 'wrong', address })))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect(site.deps.passwords.verified - checked).toBe(5)
  }
})

test('counts by address, whatever names are tried from it', async () => {
  expect(await fail('Ada', 3)).toEqual([401, 401, 401])
  expect(await fail('Nobody', 3)).toEqual([401, 401, 429])
  expect((await site.signIn('Eve')).status).toBe(429)
  expect((await site.signIn('Eve', { address: '203.0.113.1' })).status).toBe(200)
})

test('counts an IPv6 client by its /64', async () => {
  for (let host = 1; host <= 5; host++) await fail('Ada', 1, `2001:db8:0:1::${host}`)
  expect(await fail('Ada', 1, '2001:db8:0:1::ffff')).toEqual([429])
  expect(await fail('Ada', 1, '2001:db8:0:2::1')).toEqual([401])
})

test('never locks an account out for the addresses that it signed in from', async () => {
  await site.signIn('Ada', { address: '203.0.113.1' })
  for (let host = 1; host <= 60; host++) await fail('Ada', 1, `198.51.100.${host}`)
  await fail('Nobody', 6, '203.0.113.1')
  expect((await site.signIn('Ada', { address: '203.0.113.1' })).status).toBe(200)
})

test('does not let one address lock an account out for addresses new to it', async () => {
  for (let hour = 0; hour < 24; hour++) {
    await fail('Ada', 10, '198.51.100.66')
    site.clock.ms += 3_600_000
  }
  expect((await site.signIn('Ada', { address: '203.0.113.77' })).status).toBe(200)
})

test('slows a guess at one account that is spread over many addresses', async () => {
  const statuses: number[] = []
  for (let host = 1; host <= 60; host++) statuses.push(...(await fail('Ada', 1, `198.51.100.${host}`)))
  expect(statuses.filter((status) => status === 401)).toHaveLength(50)
  expect(await fail('ADA', 6, '203.0.113.1')).toEqual(Array(6).fill(429))
  expect((await site.signIn('Eve', { address: '203.0.113.1' })).status).toBe(200)
})

test('counts a name in any case as one', async () => {
  await site.signIn('Ada')
  expect([...(await fail('Ada', 3)), ...(await fail('ADA', 3))]).toEqual([401, 401, 401, 401, 401, 429])
})

test("a success clears the pair's failures, but not the address'", async () => {
  await fail('Nobody', 4)
  expect((await site.signIn('Eve')).status).toBe(200)
  await fail('Eve', 4)
  expect((await site.signIn('Eve')).status).toBe(200)
  expect(await fail('Eve', 5)).toEqual([401, 401, 401, 401, 401])
  expect(await fail('Nobody', 2)).toEqual([401, 429])
})

test('takes back an attempt whose check broke', async () => {
  const client = { account: 'Ada', address: '198.51.100.1' }
  const broken = () => slowDown(site.deps, client, () => Promise.reject(new Error('The database is gone.')))
  for (let attempt = 0; attempt < 10; attempt++) await expect(broken()).rejects.toThrow('The database is gone.')
  expect((await site.signIn('Ada')).status).toBe(200)
})

test('keeps no counter longer than it matters', async () => {
  await fail('Nobody', 1)
  const [counter] = await site.db.collection('login_attempts').find().toArray()
  expect(counter?.['expiresAt']).toEqual(new Date(site.clock.ms + 15 * minuteMs))
  expect(await site.db.collection('login_attempts').listIndexes().toArray()).toContainEqual(
    expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
  )
})
