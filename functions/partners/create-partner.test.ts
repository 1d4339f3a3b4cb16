import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { hostKeySha256, newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const at = '2026-03-02T12:00:00.000Z'
const acme = {
  id: expect.any(String),
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
    hasPassword: true,
    ...{ tls: 'off', tlsCa: null, tlsCertificate: null, hasTlsKey: false },
  },
  ssh: {
    enabled: true,
    host: 'acme.example',
    port: 22,
    username: 'ops',
    hasPassword: true,
    hasPrivateKey: false,
    hasPassphrase: false,
    hostKey: { type: 'unknown', sha256: hostKeySha256, trustedAt: at, trustedBy: 'Ada' },
    certificate: null,
    trustOnFirstUse: false,
    jumps: [],
    hostCa: [],
    revokedKeys: [],
    presentedHostKey: null,
  },
  sync: { status: 'NEVER_SYNCED', lastSyncAt: null, lastError: null, consecutiveFailures: 0, certificateEndsAt: null },
  version: 1,
  createdAt: at,
  updatedAt: at,
}

test('answers a new partner with its defaults and without its secrets, and shows the same when read and listed', async () => {
  const response = await site.request('', { body: newPartner })
  expect(response.status).toBe(201)
  const created = (await response.json()) as Partner
  expect(created).toStrictEqual(acme)
  expect(await site.read(created.id)).toStrictEqual(created)
  expect(await site.list()).toStrictEqual([created])
  expect(site.notified.count).toBe(1)
})

test('keeps every field that is sent', async () => {
  const profile = {
    partnerName: 'Globex',
    tenantId: 7,
    timezone: 'Asia/Kolkata',
    isActive: false,
    priority: 10,
    concurrencyLimit: 0,
    maxConcurrency: 100_000,
    pauseNonPriorityCampaigns: true,
  }
  const db = { type: 'mysql', host: 'db.internal', port: 3307, name: 'globex', username: 'reader' }
  const ssh = { enabled: true, host: '2001:db8::1', port: 2222, username: 'ops', trustOnFirstUse: true }
  expect(await site.create({ ...profile, db, ssh: { ...ssh, password: 'ssh-secret-1' } })).toMatchObject({
    ...profile,
    db: { ...db, hasPassword: false },
    ssh: { ...ssh, hasPassword: true, hostKey: null },
  })
})

test('takes a partner without SSH', async () => {
  const { ssh } = await site.create({ ssh: undefined })
  expect(ssh).toMatchObject({ enabled: false, host: '', port: 22, username: '', hasPassword: false, hostKey: null })
})

test('makes a new partner due for capture at once', async () => {
  const { id } = await site.create()
  const lease = { id: 'lease', now: new Date(site.clock.ms), until: new Date(site.clock.ms + 60_000) }
  expect((await site.partners.claimDue(lease))?._id).toBe(id)
})

test('never shows, audits, logs or stores a secret in plain text', async () => {
  const { id } = await site.create()
  expect(await site.change(id, { db: { password: 'db-secret-2' }, ssh: { password: 'ssh-secret-2' } })).toBe(200)
  const answers = await Promise.all([`/${id}`, '', '/export', '/export?format=csv'].map(async (path) => (await site.request(path)).text()))
  const stored = await Promise.all((await site.db.collections()).map((collection) => collection.find().toArray()))
  const everything = JSON.stringify([answers, stored, site.lines])
  for (const secret of ['db-secret-1', 'ssh-secret-1', 'db-secret-2', 'ssh-secret-2']) expect(everything).not.toContain(secret)

  const doc = await site.stored(id)
  expect(site.sealer.open(doc?.db.password ?? '', secretContext(id, 'db.password'))).toBe('db-secret-2')
  expect(site.sealer.open(doc?.ssh.password ?? '', secretContext(id, 'ssh.password'))).toBe('ssh-secret-2')
})

test.each(['acme', 'ACME', '  Acme ', 'Ａｃｍｅ'])('refuses a second partner named %o after Acme', async (partnerName) => {
  const first = await site.create()
  expect(await refusalOf(await site.request('', { body: { ...newPartner, partnerName } }))).toEqual({
    status: 409,
    code: 'conflict',
    paths: ['partnerName'],
  })
  expect(await site.list()).toEqual([first])
})

test('creates one of many partners of the same name sent at once', async () => {
  const names = ['Acme', 'acme', 'ACME', 'aCme', 'acMe', 'acmE']
  const answers = await Promise.all(names.map((partnerName) => site.request('', { body: { ...newPartner, partnerName } })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
  expect(await site.list()).toHaveLength(1)
})
