import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { openConfig } from '../../shared/alert/channel-secrets.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { openPartnerTarget } from '../../shared/partner/partner-target.ts'
import { everywhere } from '../../shared/reach/reach-target.ts'
import { type RouterDeps, router } from '../router.ts'
import type { Resealed } from './schema.ts'

const [oldKey, newKey, lostKey] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array]
const newAlone = createSealer(newKey)
const rotated = createSealer(newKey, [oldKey])

let site: AppUnderTest
let admin: string
beforeAll(async () => {
  site = await openApp(() => ({ sealer: createSealer(oldKey) }))
  admin = await site.signIn('ADMIN')
})
beforeEach(async () => {
  for (const name of ['partner_configs', 'alert_channels', 'audit_log']) await site.db.collection(name).deleteMany()
})
afterAll(() => site.close())

const ssh = { enabled: true, host: 'acme.example', port: 22, username: 'ops', password: 'ssh secret' }
const db = { host: '127.0.0.1', port: 3306, name: 'acme', username: 'reader', password: 'db secret' }
const createPartner = (partnerName: string) =>
  site.read<{ id: string; version: number }>('POST /api/partners', { as: admin, body: { partnerName, ssh, db } })
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const createWebhook = () =>
  site.read<{ id: string }>('POST /api/alerts/channels', {
    as: admin,
    body: { name: 'On call', type: 'webhook', levels: ['CRITICAL'], config: { url: 'https://hooks.example/x', secret } },
  })
const reseal = async (changes: Partial<RouterDeps> = {}) => {
  const app = router({ ...site.deps, sealer: rotated, ...changes })
  const response = await site.request('POST /api/secrets/reseal', { as: admin }, app)
  return { status: response.status, body: (await response.json()) as Resealed }
}

test('after it the new key alone opens every secret, and a second time there is nothing left to do', async () => {
  const partner = await createPartner('Acme')
  const webhook = await createWebhook()
  expect(await reseal()).toEqual({ status: 200, body: { current: 3, resealed: 3, unreadable: [] } })
  expect(openPartnerTarget(newAlone, (await site.deps.partners.find(partner.id))!, everywhere)).toMatchObject({
    ssh: { password: 'ssh secret' },
    db: { password: 'db secret' },
  })
  const stored = (await site.deps.channels.find(webhook.id))!
  expect(openConfig(newAlone, webhook.id, stored.config)).toMatchObject({ url: 'https://hooks.example/x', secret })
  expect((await reseal()).body).toEqual({ current: 3, resealed: 0, unreadable: [] })
})

test('a secret whose key is lost is named and left as it is, and the others are sealed again', async () => {
  const { id } = await createPartner('Acme')
  const lost = createSealer(lostKey).seal('db secret', { collection: 'partner_configs', id, field: 'db.password' })
  await site.db.collection<{ _id: string }>('partner_configs').updateOne({ _id: id }, { $set: { 'db.password': lost } })
  expect((await reseal()).body).toEqual({
    ...{ current: 1, resealed: 1 },
    unreadable: [{ collection: 'partner_configs', id, name: 'Acme', field: 'db.password' }],
  })
  expect((await site.deps.partners.find(id))?.db.password).toBe(lost)
})

test('a secret that is changed meanwhile stays what it was changed to', async () => {
  const { id, version } = await createPartner('Acme')
  const { partners } = site.deps
  let changed = false
  const update: typeof partners.update = async (...args) => {
    if (!changed) {
      changed = true
      await site.read(`PATCH /api/partners/${id}`, { as: admin, body: { version, db: { password: 'changed' } } })
    }
    return partners.update(...args)
  }
  expect((await reseal({ partners: { ...partners, update } })).body).toEqual({ current: 2, resealed: 2, unreadable: [] })
  expect(openPartnerTarget(newAlone, (await partners.find(id))!, everywhere).db.password).toBe('changed')
})

test('is audited by how much it did, without a secret', async () => {
  await createPartner('Acme')
  await reseal()
  const entries = await site.db.collection('audit_log').find({ action: 'secrets.reseal' }).toArray()
  expect(entries).toMatchObject([{ actor: { name: 'admin' }, before: null, after: { current: 2, resealed: 2, unreadable: 0 } }])
  expect(JSON.stringify(entries)).not.toContain('secret"')
})
