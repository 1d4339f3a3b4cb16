import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import type { AuditEntry } from '../../shared/node/mongo/access/audit-log.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { Settings } from '../../shared/settings.ts'

let site: AppUnderTest
let admin: string
beforeAll(async () => {
  site = await openApp()
  admin = await site.signIn('ADMIN')
})
beforeEach(async () => {
  for (const name of ['settings', 'audit_log', 'partner_configs']) await site.db.collection(name).deleteMany()
})
afterAll(() => site.close())

const put = (body: unknown, as = admin) => site.request('PUT /api/settings', { as, body })
const read = () => site.read<Settings>('GET /api/settings', { as: admin })
const audited = () => site.db.collection<AuditEntry>('audit_log').find({ action: 'settings.update' }).toArray()
const pathsOf = async (response: Response) =>
  ((await response.json()) as { error: { issues: { path: string }[] } }).error.issues.map(({ path }) => path)

test('are the defaults until something is changed; what is not sent stays', async () => {
  expect(await read()).toEqual(Settings.parse({}))
  expect(await (await put({ concurrentPartnerLimit: 7 })).json()).toEqual(Settings.parse({ concurrentPartnerLimit: 7 }))
  await put({ queryTimeoutMs: 500 })
  expect(await read()).toEqual(Settings.parse({ concurrentPartnerLimit: 7, queryTimeoutMs: 500 }))
})

test('every number takes its least and its greatest and nothing beyond', async () => {
  const { heartbeatUrl: _heartbeatUrl, allowedNetworks: _allowedNetworks, ...numbers } = Settings.shape
  for (const [name, field] of Object.entries(numbers)) {
    const { minValue: least, maxValue: greatest } = field.unwrap()
    for (const value of [least, greatest]) expect((await put({ [name]: value })).status, `${name} ${value}`).toBe(200)
    for (const value of [Number(least) - 1, Number(greatest) + 1, Number(least) + 0.5, String(least), null]) {
      const response = await put({ [name]: value })
      expect(response.status, `${name} ${value}`).toBe(422)
      expect(await pathsOf(response)).toEqual([name])
    }
    expect(await read()).toHaveProperty(name, greatest)
  }
})

test('the heartbeat goes to an https URL, or nowhere', async () => {
  for (const heartbeatUrl of [
    'http://hc.example/ping',
    'ftp://hc.example',
    'hc.example',
    '',
    `https://hc.example/${'x'.repeat(1_000)}`,
    7,
  ]) {
    const response = await put({ heartbeatUrl })
    expect(response.status, String(heartbeatUrl)).toBe(422)
    expect(await pathsOf(response)).toEqual(['heartbeatUrl'])
  }
  for (const heartbeatUrl of ['https://hc.example/ping/7f3a', null]) {
    expect((await put({ heartbeatUrl })).status).toBe(200)
    expect(await read()).toHaveProperty('heartbeatUrl', heartbeatUrl)
  }
})

test('the whole heartbeat URL, with which anybody could send one, is shown to admins alone and not kept in the audit log', async () => {
  const heartbeatUrl = 'https://hc.example/ping/7f3a'
  await put({ heartbeatUrl })
  await put({ heartbeatUrl: null })
  await put({ heartbeatUrl })
  const masked = { heartbeatUrl: 'https://hc.example/...' }
  expect(await audited()).toMatchObject([
    { before: { heartbeatUrl: null }, after: masked },
    { before: masked, after: { heartbeatUrl: null } },
    { before: { heartbeatUrl: null }, after: masked },
  ])
  expect(JSON.stringify(await site.db.collection('audit_log').find().toArray())).not.toContain('7f3a')
  const body = { name: 'Reports', scopes: ['settings:read'], expiresAt: new Date(Date.now() + 60_000).toISOString() }
  const { token } = await site.read<{ token: string }>('POST /api/tokens', { as: admin, body })
  expect(await site.read('GET /api/settings', { as: token })).toMatchObject(masked)
  expect(await read()).toMatchObject({ heartbeatUrl })
})

test('partners may be in the networks that are named, at least one and each in CIDR notation', async () => {
  for (const allowedNetworks of [[], ['10.0.0.1'], ['10.0.0.0/33'], ['example.com/8'], '10.0.0.0/8', null, Array(101).fill('10.0.0.0/8')]) {
    const response = await put({ allowedNetworks })
    expect(response.status, String(allowedNetworks)).toBe(422)
    expect((await pathsOf(response))[0]).toMatch(/^allowedNetworks(\.0)?$/)
  }
  const allowedNetworks = ['203.0.113.0/24', '2001:db8::/32']
  for (const _ of ['changed', 'unchanged']) expect((await put({ allowedNetworks })).status).toBe(200)
  expect(await read()).toMatchObject({ allowedNetworks })
  expect(await audited()).toMatchObject([{ before: { allowedNetworks: ['0.0.0.0/0', '::/0'] }, after: { allowedNetworks } }])
})

test('an unknown field is refused by name, and nothing of its request is stored', async () => {
  const response = await put({ captureIntervalSeconds: 30, captureInterval: 30 })
  expect(response.status).toBe(422)
  expect(await response.text()).toContain('captureInterval')
  expect(await read()).toEqual(Settings.parse({}))
})

test('a viewer changes nothing', async () => {
  expect((await put({ captureIntervalSeconds: 30 }, await site.signIn('VIEWER'))).status).toBe(403)
  expect(await read()).toEqual(Settings.parse({}))
  expect(await audited()).toEqual([])
})

test('each change is audited with what it changed, before and after; a request that changes nothing is not', async () => {
  await put({ captureIntervalSeconds: 60 })
  expect(await audited()).toEqual([])
  await put({ captureIntervalSeconds: 30, queryTimeoutMs: 15_000 })
  expect(await audited()).toMatchObject([
    {
      actor: { name: 'admin' },
      target: { collection: 'settings' },
      before: { captureIntervalSeconds: 60 },
      after: { captureIntervalSeconds: 30 },
    },
  ])
  expect((await audited())[0]?.after).not.toHaveProperty('queryTimeoutMs')
})

test('two changes at once lose nothing of each other', async () => {
  await Promise.all([put({ captureIntervalSeconds: 30 }), put({ queryTimeoutMs: 500 }), put({ rawRetentionDays: 3 })])
  expect(await read()).toEqual(Settings.parse({ captureIntervalSeconds: 30, queryTimeoutMs: 500, rawRetentionDays: 3 }))
})

test('a shorter interval makes every partner due within it; a longer one leaves them as they are', async () => {
  const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'secret' }
  for (const partnerName of ['Soon', 'Late']) await site.read('POST /api/partners', { as: admin, body: { partnerName, db } })
  const partners = site.db.collection<PartnerDoc>('partner_configs')
  const dueInMs = async (partnerName: string) => (await partners.findOne({ partnerName }))!.schedule.dueAt.getTime() - Date.now()
  const setDue = (partnerName: string, ms: number) =>
    partners.updateOne({ partnerName }, { $set: { 'schedule.dueAt': new Date(Date.now() + ms) } })
  await setDue('Soon', 2_000)
  await setDue('Late', 59_000)

  await put({ captureIntervalSeconds: 5 })
  expect(await dueInMs('Soon')).toBeLessThanOrEqual(2_000)
  expect(await dueInMs('Late')).toBeLessThanOrEqual(5_000)
  expect(await dueInMs('Late')).toBeGreaterThan(2_000)
  await put({ captureIntervalSeconds: 3_600 })
  expect(await dueInMs('Late')).toBeLessThanOrEqual(5_000)
})
