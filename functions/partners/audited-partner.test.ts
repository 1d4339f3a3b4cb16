import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostKeySha256, newPartner, openPartners, type PartnersUnderTest } from './partners-under-test.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const lastEntry = async () => (await site.audited()).at(-1)
const ada = { kind: 'user', id: 'u1', name: 'Ada' }

const acme = {
  partnerName: 'Acme',
  tenantId: 0,
  timezone: 'America/New_York',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  db: {
    type: 'mysql',
    host: '10.0.0.5',
    port: 3306,
    name: 'acme',
    username: 'reader',
    password: '[sealed]',
    ...{ tls: 'off', tlsCa: null, tlsCertificate: null, tlsKey: null },
  },
  ssh: {
    enabled: true,
    host: 'acme.example',
    port: 22,
    username: 'ops',
    password: '[sealed]',
    privateKey: null,
    passphrase: null,
    hostKey: { type: 'unknown', sha256: hostKeySha256, trustedAt: new Date('2026-03-02T12:00:00Z'), trustedBy: 'Ada' },
    certificate: null,
    trustOnFirstUse: false,
    jumps: [],
    hostCa: [],
    revokedKeys: [],
  },
}

test('records who created, changed and deleted a partner, and when', async () => {
  const { id } = await site.create()
  site.clock.ms += 60_000
  await site.change(id, { priority: 9 })
  await site.request(`/${id}`, { method: 'DELETE' })
  const target = { collection: 'partner_configs', id, name: 'Acme' }
  expect(await site.audited()).toMatchObject([
    { at: new Date('2026-03-02T12:00:00Z'), actor: ada, action: 'partner.create', target },
    { at: new Date('2026-03-02T12:01:00Z'), actor: ada, action: 'partner.update', target },
    { at: new Date('2026-03-02T12:01:00Z'), actor: ada, action: 'partner.delete', target },
  ])
})

test('keeps the whole partner, secrets masked, when it is created and deleted', async () => {
  const { id } = await site.create()
  expect(await lastEntry()).toMatchObject({ before: null })
  expect((await lastEntry())?.after).toStrictEqual(acme)
  await site.request(`/${id}`, { method: 'DELETE' })
  expect(await lastEntry()).toMatchObject({ after: null })
  expect((await lastEntry())?.before).toStrictEqual(acme)
})

test.each([
  [{ priority: 9 }, { priority: 4 }, { priority: 9 }],
  [{ priority: 4, tenantId: 2 }, { tenantId: 0 }, { tenantId: 2 }],
  [{ db: { name: 'other', port: 3306 } }, { db: { name: 'acme' } }, { db: { name: 'other' } }],
  [
    { db: { host: '10.0.0.6', password: 'db-secret-1' } },
    { db: { host: '10.0.0.5', password: '[sealed]' } },
    { db: { host: '10.0.0.6', password: '[sealed]' } },
  ],
  [{ db: { password: 'db-secret-2' } }, { db: { password: '[sealed]' } }, { db: { password: '[sealed]' } }],
  [{ db: { password: null } }, { db: { password: '[sealed]' } }, { db: { password: null } }],
  [
    { ssh: { port: 2222, password: 'ssh-secret-1' }, db: { password: null } },
    { db: { password: '[sealed]' }, ssh: { port: 22, hostKey: acme.ssh.hostKey, password: '[sealed]' } },
    { db: { password: null }, ssh: { port: 2222, hostKey: null, password: '[sealed]' } },
  ],
  [{}, {}, {}],
])('keeps only the changed fields of an update: %j', async (changes, before, after) => {
  const { id } = await site.create()
  await site.change(id, changes)
  const entry = await lastEntry()
  expect(entry?.action).toBe('partner.update')
  expect([entry?.before, entry?.after]).toStrictEqual([before, after])
})

test('records each partner of an import, and a service token as the one who did it', async () => {
  await site.request('/import', { as: 'writer', body: [newPartner, { ...newPartner, partnerName: 'Globex' }] })
  const actor = { kind: 'token', id: 'writer', name: 'writer' }
  expect(await site.audited()).toMatchObject([
    { actor, action: 'partner.create', target: { name: 'Acme' }, after: { db: { password: '[sealed]' } } },
    { actor, action: 'partner.create', target: { name: 'Globex' } },
  ])
})

test('records nothing of what was refused', async () => {
  const { id } = await site.create()
  await site.create({ partnerName: 'Globex' })
  await site.request('', { body: newPartner })
  await site.patch(id, { version: 1, partnerName: 'Globex' })
  await site.patch(id, { version: 7, priority: 5 })
  await site.request('/nobody', { method: 'DELETE' })
  await site.request('/import', { body: [newPartner] })
  expect(await site.audited()).toHaveLength(2)
})
