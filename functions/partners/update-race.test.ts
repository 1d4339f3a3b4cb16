import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../../shared/http/app-env.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { newId } from '../../shared/node/ids.ts'
import { checkTls } from '../../shared/node/mysql/check-tls.ts'
import type { Snapshot } from '../../shared/snapshot/snapshot.ts'
import { newPartner, openPartners, type PartnersUnderTest } from './partners-under-test.ts'
import type { PartnerPatch } from './schema.ts'
import { updatePartner } from './update-partner.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const ada: Actor = { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' }

/** Changes a partner while something else is written between the reading and the writing. */
const patchAround = (id: string, patch: Omit<PartnerPatch, 'version'>, meanwhile: () => Promise<unknown>) =>
  updatePartner(
    {
      partners: {
        find: async (partnerId) => {
          const found = await site.partners.find(partnerId)
          await meanwhile()
          return found
        },
        update: site.partners.update,
      },
      sealer: createSealer(new Uint8Array(32).fill(7)),
      audit: { record: async () => {} },
      checkPrivateKey: async () => null,
      checkTls,
      dropConnection: () => {},
      changed: () => {},
      newId,
      now: () => new Date(site.clock.ms),
    },
    ada,
    id,
    { version: 1, ...patch },
  )

const snapshotAt = (snapshotTime: Date): Snapshot => ({
  snapshotTime,
  campaignsToday: 1,
  runningCampaigns: 2,
  activeCalls: 3,
  queuedCalls: 4,
  completedCallsToday: 5,
  voicemailCount: 6,
  customerEndedCount: 7,
  remainingCalls: 8,
  concurrencyLimit: 25,
  utilizationPercent: 12,
  captureMs: 9,
  pauseAllCampaigns: false,
  alertLevel: 'NORMAL',
  alertMessage: '',
})

test('keeps what a capture wrote while a patch was on its way', async () => {
  const { id } = await site.create()
  const now = new Date(site.clock.ms)
  const later = (ms: number) => new Date(site.clock.ms + ms)
  await site.partners.claim(id, { id: 'lease', now, until: later(30_000) })
  await patchAround(id, { priority: 9 }, () =>
    site.partners.succeed(id, 'lease', snapshotAt(now), { dueAt: later(60_000), trend: [[1, 2]], concurrencyLimit: 25 }),
  )
  const doc = await site.stored(id)
  expect(doc).toMatchObject({
    priority: 9,
    version: 2,
    concurrencyLimit: 25,
    latest: { queuedCalls: 4, snapshotTime: now },
    trend: [[1, 2]],
    sync: { status: 'SUCCESS', lastSyncAt: now },
    schedule: { dueAt: later(60_000), leaseId: null },
  })
})

test('keeps the lease of a capture that began while a patch changed the connection', async () => {
  const { id } = await site.create()
  const lease = { id: 'lease', now: new Date(site.clock.ms), until: new Date(site.clock.ms + 30_000) }
  await patchAround(id, { db: { port: 3307, password: 'db-secret-1' } }, () => site.partners.claim(id, lease))
  expect(await site.stored(id)).toMatchObject({
    db: { port: 3307 },
    sync: { status: 'IN_PROGRESS' },
    schedule: { leaseId: 'lease', leasedUntil: lease.until },
  })
})

const firstKey = { type: 'ssh-ed25519', sha256: `SHA256:${'B'.repeat(43)}`, trustedAt: new Date(0), trustedBy: 'first use' }
const address = { host: newPartner.ssh.host, port: 22 }
const [sshPassword, dbPassword] = [{ password: newPartner.ssh.password }, { password: newPartner.db.password }]
const createTrusting = () => site.create({ ssh: { ...newPartner.ssh, hostKeySha256: undefined, trustOnFirstUse: true } })

test('keeps the first host key that a capture pinned while a patch changed the login', async () => {
  const { id } = await createTrusting()
  await patchAround(id, { ssh: { username: 'root', ...sshPassword }, db: { host: 'elsewhere', ...dbPassword } }, () =>
    site.partners.trustFirstKey(id, address, firstKey),
  )
  expect((await site.stored(id))?.ssh).toMatchObject({ username: 'root', hostKey: firstKey, trustOnFirstUse: false })
})

test('leaves no host key that a capture pinned for the address that a patch replaces', async () => {
  const { id } = await createTrusting()
  await patchAround(id, { ssh: { host: 'other.example', ...sshPassword }, db: dbPassword }, () =>
    site.partners.trustFirstKey(id, address, firstKey),
  )
  expect((await site.stored(id))?.ssh).toMatchObject({ host: 'other.example', hostKey: null, trustOnFirstUse: false })
})

test('refuses a patch when an admin trusted a host key meanwhile', async () => {
  const { id } = await createTrusting()
  const trust = () => site.partners.trustHostKey(id, address, firstKey, new Date(site.clock.ms))
  await expect(patchAround(id, { ssh: { username: 'root', ...sshPassword } }, trust)).rejects.toMatchObject({ code: 'conflict' })
  expect((await site.stored(id))?.ssh).toMatchObject({ username: 'ops', hostKey: firstKey })
})
