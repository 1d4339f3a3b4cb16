import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../deployment/demo/simulated-partner.ts'
import { type AppUnderTest, openApp } from '../deployment/testing/app-under-test.ts'
import { receivedEvents } from '../deployment/testing/received-events.ts'
import type { PartnerDoc } from '../shared/node/mongo/partners/partners.ts'
import type { Partner } from '../shared/partner/partner-schema.ts'
import type { Dashboard, DashboardChange } from './dashboard/schema.ts'

let site: AppUnderTest
let partner: SimulatedPartner
let admin: string
beforeAll(async () => {
  ;[site, partner] = await Promise.all([openApp(), startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'overloaded', now: Date.now })])
  admin = await site.signIn('ADMIN')
})
afterAll(() => Promise.all([site.close(), partner.stop()]))

const secret = 'plover-5-window'
const connection = () => ({
  db: partner.db,
  ssh: { ...partner.ssh, privateKey: undefined, trustOnFirstUse: undefined, hostKeySha256: partner.ssh.hostKeySha256 },
})
const create = (partnerName: string) => site.read<Partner>('POST /api/partners', { as: admin, body: { partnerName, ...connection() } })

test('a session is renewed by its cookie, and ends with signing out', async () => {
  const body = { username: 'admin', password: 'password of admin' }
  const signedIn = await site.request('POST /api/login', { body })
  expect(signedIn.status).toBe(200)
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/i)
  const first = cookieOf(signedIn)
  const renewed = await site.request('POST /api/login/refresh', { headers: { Cookie: first } })
  expect(renewed.status).toBe(200)
  const { accessToken } = (await renewed.json()) as { accessToken: string }
  expect(await site.read('GET /api/login/me', { as: accessToken })).toMatchObject({ username: 'admin', role: 'ADMIN' })
  expect(cookieOf(renewed)).not.toBe(first)
  expect((await site.request('POST /api/login/logout', { headers: { Cookie: cookieOf(renewed) } })).status).toBe(204)
  expect((await site.request('GET /api/login/me', { as: accessToken })).status).toBe(401)
  expect((await site.request('POST /api/login/refresh', { headers: { Cookie: cookieOf(renewed) } })).status).toBe(401)
})

test('a wrong password is refused without saying what was wrong', async () => {
  const answer = async (username: string) => {
    const response = await site.request('POST /api/login', { body: { username, password: 'not the password' } })
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    return { status: response.status, code: error.code, message: error.message }
  }
  expect(await answer('admin')).toEqual(await answer('nobody'))
})

test("a partner's secrets are sealed where they are stored, and only said to be there where they are read", async () => {
  const body = { partnerName: 'Sealed', ...connection(), db: { ...partner.db, password: secret } }
  const created = await site.read<Partner>('POST /api/partners', { as: admin, body })
  expect(created).toMatchObject({ db: { hasPassword: true }, ssh: { hasPassword: true, hasPrivateKey: false } })
  expect(JSON.stringify(created)).not.toContain(secret)
  const stored = await site.db.collection<PartnerDoc>('partner_configs').findOne({ _id: created.id })
  expect(stored?.db.password).toMatch(/^v1:[\w-]{8}:/)
  expect(JSON.stringify(stored)).not.toContain(secret)
  const patched = await site.request(`PATCH /api/partners/${created.id}`, { as: admin, body: { version: 99, priority: 5 } })
  expect(patched.status).toBe(409)
  expect((await site.request(`DELETE /api/partners/${created.id}`, { as: admin })).status).toBe(204)
})

test('a partner is captured through its tunnel, shown on the dashboard and followed by the stream', async () => {
  const stream = await site.request('GET /api/dashboard/stream', { as: admin })
  const events = receivedEvents(stream)
  expect((await events.next()).value).toMatchObject({ event: 'dashboard', data: { partners: [] } })
  const { id } = await create('Captured')
  const captured = await site.read('POST /api/snapshots/capture', { as: admin, body: { partnerIds: [id] } })
  expect(captured).toMatchObject({ results: [{ partnerId: id, ok: true, snapshot: { queuedCalls: expect.any(Number) } }] })
  let seen: DashboardChange['partners'][number]['snapshot'] | undefined
  while (!seen) {
    const { event, data } = (await events.next()).value as { event: string; data: DashboardChange }
    if (event === 'change') seen = data.partners.find((row) => row.partner.id === id)?.snapshot
  }
  await events.return(undefined)
  const dashboard = await site.read<Dashboard>('GET /api/dashboard', { as: admin })
  expect(dashboard.partners).toMatchObject([{ state: 'ok', partner: { id }, snapshot: { queuedCalls: seen.queuedCalls } }])
  expect(dashboard.overview).toMatchObject({ totalPartners: 1, coveredPartners: 1, queuedCalls: seen.queuedCalls })
  expect(await site.read(`GET /api/snapshots/${id}/latest`, { as: admin })).toMatchObject({ ok: true })
})

test('a rule fires on a capture, its alert is sent to a channel, which refuses a private address, and is acknowledged', async () => {
  const rule = {
    ...{ id: 'some-wait', level: 'CRITICAL', message: '{queuedCalls} calls wait' },
    ...{ conditions: [{ metric: 'queuedCalls', operator: '>=', value: 0 }] },
  }
  const { version } = await site.read<{ version: number }>('GET /api/alerts/rules', { as: admin })
  await site.read('PUT /api/alerts/rules', { as: admin, body: { version, rules: [rule] } })
  const config = { url: 'https://10.0.0.1/hook', secret: 'a secret of the hook' }
  const channel = { name: 'On call', type: 'webhook', levels: ['CRITICAL'], config }
  const { id: channelId } = await site.read<{ id: string }>('POST /api/alerts/channels', { as: admin, body: channel })
  expect(JSON.stringify(await site.db.collection('alert_channels').find().toArray())).not.toContain(config.secret)
  expect(await site.read(`POST /api/alerts/channels/${channelId}/test`, { as: admin })).toMatchObject({ ok: false, code: 'private-target' })

  const [partnerOf] = await site.read<Partner[]>('GET /api/partners', { as: admin })
  await site.read('POST /api/snapshots/capture', { as: admin, body: { partnerIds: [partnerOf?.id] } })
  const { alerts } = await site.read<{ alerts: { id: string }[] }>('GET /api/alerts?state=firing', { as: admin })
  expect(alerts).toMatchObject([{ ruleId: 'some-wait', level: 'CRITICAL', message: expect.stringMatching(/^\d+ calls wait$/) }])
  expect(await site.read('POST /api/alerts/dispatch', { as: admin })).toMatchObject({ dead: 1 })
  const id = alerts[0]?.id
  const acknowledged = await site.read(`POST /api/alerts/${id}/acknowledge`, { as: admin, body: { note: 'on it' } })
  expect(acknowledged).toMatchObject({ acknowledged: { by: 'admin', note: 'on it' } })
  expect(await site.read(`GET /api/alerts/${id}`, { as: admin })).toMatchObject({
    deliveries: [{ outcome: 'dead', code: 'private-target' }],
  })
})

test('a service token does what its scopes say until it is revoked', async () => {
  const token = await site.createToken(admin, ['dashboard:read'])
  expect((await site.request('GET /api/dashboard', { as: token })).status).toBe(200)
  expect((await site.request('GET /api/partners', { as: token })).status).toBe(403)
  const tokens = await site.read<{ id: string }[]>('GET /api/tokens', { as: admin })
  for (const { id } of tokens) await site.request(`DELETE /api/tokens/${id}`, { as: admin })
  expect((await site.request('GET /api/dashboard', { as: token })).status).toBe(401)
})

test('partners are imported from CSV, all or none', async () => {
  const header = 'partnerName,db.host,db.name,db.username,db.password'
  const send = (csv: string) => site.request('POST /api/partners/import', { as: admin, headers: { 'Content-Type': 'text/csv' }, text: csv })
  expect((await send(`${header}\r\nOne,10.0.0.1,one,reader,x\r\nOne,10.0.0.2,two,reader,x\r\n`)).status).toBe(422)
  expect(await (await send(`${header}\r\nOne,10.0.0.1,one,reader,x\r\nTwo,10.0.0.2,two,reader,x\r\n`)).json()).toMatchObject({ rows: 2 })
})
