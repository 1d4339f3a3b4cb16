import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { hostKeySha256, newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

let site: PartnersUnderTest
let acme: Partner
let id: string
beforeEach(async () => {
  site = await openPartners()
  acme = await site.create()
  id = acme.id
})
afterEach(() => site.close())

test('changes what is sent, keeps everything else and answers what is then stored', async () => {
  site.clock.stepMs = 1_000
  const response = await site.patch(id, { version: 1, priority: 9, db: { name: 'other' }, ssh: { enabled: true } })
  expect(response.status).toBe(200)
  const changed = (await response.json()) as Partner
  expect(changed).toStrictEqual({
    ...acme,
    priority: 9,
    db: { ...acme.db, name: 'other' },
    version: 2,
    updatedAt: changed.updatedAt,
  })
  expect(changed.updatedAt > acme.updatedAt).toBe(true)
  expect(await site.read(id)).toStrictEqual(changed)
  expect(site.notified.count).toBe(2)
})

test('clears with null, and keeps secrets that are not sent', async () => {
  expect(await site.change(id, { db: { password: null }, ssh: { hostKeySha256: null } })).toBe(200)
  const after = await site.read(id)
  expect([after.db.hasPassword, after.ssh.hasPassword, after.ssh.hostKey]).toEqual([false, true, null])
  const password = (await site.stored(id))?.ssh.password
  expect(site.sealer.open(password ?? '', secretContext(id, 'ssh.password'))).toBe('ssh-secret-1')
})

test('answers 404 for a partner that is not there', async () => {
  expect(await refusalOf(await site.patch('nobody', { version: 1 }))).toMatchObject({ status: 404, code: 'not_found' })
})

describe('a stale version', () => {
  test('answers 409 and changes nothing', async () => {
    expect(await site.change(id, { priority: 5 })).toBe(200)
    const before = await site.stored(id)
    for (const version of [1, 3])
      expect(await refusalOf(await site.patch(id, { version, priority: 6, db: { host: 'elsewhere' } }))).toMatchObject({ status: 409 })
    expect(await site.stored(id)).toEqual(before)
    expect(site.dropped).toEqual([])
    expect(await site.audited()).toHaveLength(2)
  })

  test('leaves exactly one of many changes made at once', async () => {
    const answers = await Promise.all([1, 2, 3, 5, 6, 7].map((priority) => site.patch(id, { version: 1, priority })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    const winner = (await answers.find(({ status }) => status === 200)?.json()) as Partner
    expect(await site.read(id)).toStrictEqual(winner)
    expect(await site.audited()).toHaveLength(2)
  })
})

describe('the name', () => {
  test('cannot become that of another partner in any case', async () => {
    await site.create({ partnerName: 'Globex' })
    expect(await refusalOf(await site.patch(id, { version: 1, partnerName: 'GLOBEX' }))).toEqual({
      status: 409,
      code: 'conflict',
      paths: ['partnerName'],
    })
    expect(await site.read(id)).toEqual(acme)
  })

  test('can change its case, and the old one is free after a rename', async () => {
    expect(await site.change(id, { partnerName: 'ACME' })).toBe(200)
    expect(await site.change(id, { partnerName: 'Initech' })).toBe(200)
    expect((await site.create()).partnerName).toBe('Acme')
  })
})

describe('the pooled connection', () => {
  test.each([
    { db: { host: '10.0.0.6' } },
    { db: { port: 3307 } },
    { db: { name: 'other' } },
    { db: { username: 'writer' } },
    { db: { password: 'db-secret-2' } },
    { db: { password: null } },
    { ssh: { enabled: false } },
    { ssh: { host: 'other.example' } },
    { ssh: { port: 2222 } },
    { ssh: { username: 'root' } },
    { ssh: { password: 'ssh-secret-2' } },
    { ssh: { hostKeySha256: `SHA256:${'B'.repeat(43)}` } },
    { isActive: false },
  ])('is dropped with %j', async (changes) => {
    site.clock.ms += 1_000
    expect(await site.move(id, changes)).toBe(200)
    expect(site.dropped).toEqual([id])
  })

  test.each([
    { partnerName: 'Initech' },
    { timezone: 'Asia/Kolkata', priority: 1, tenantId: 5 },
    { concurrencyLimit: 20, maxConcurrency: 20, pauseNonPriorityCampaigns: true },
    { db: { host: '10.0.0.5', port: 3306 }, ssh: { host: 'acme.example', port: 22, hostKeySha256 } },
    { db: {}, ssh: {} },
    {},
  ])('stays with %j', async (changes) => {
    expect(await site.change(id, changes)).toBe(200)
    expect(site.dropped).toEqual([])
  })

  test('that changes makes the remaining calls be counted anew: those of another database are not held', async () => {
    const remainingCount = { triedAt: new Date(), ms: 9_000, counted: { at: new Date(), calls: 7 } }
    const stored = async () => (await site.stored(id))?.remainingCount
    await site.partners.update(id, 1, { remainingCount })
    expect(await site.change(id, { priority: 9 })).toBe(200)
    expect(await stored()).toEqual(remainingCount)
    expect(await site.change(id, { db: { name: 'other' } })).toBe(200)
    expect(await stored()).toMatchObject({ counted: null })
  })

  test('is used again at once when the connection changed or the partner becomes active', async () => {
    const dueAt = async () => (await site.stored(id))?.schedule.dueAt.getTime()
    const created = site.clock.ms
    site.clock.ms += 1_000
    await site.change(id, { priority: 5 })
    expect(await dueAt()).toBe(created)
    await site.move(id, { db: { port: 3307 } })
    expect(await dueAt()).toBe(site.clock.ms)
    await site.change(id, { isActive: false })
    site.clock.ms += 1_000
    await site.change(id, { isActive: true })
    expect(await dueAt()).toBe(site.clock.ms)
  })
})

describe('the trusted host key', () => {
  const hostKeyAfter = async (changes: Parameters<typeof site.move>[1]) => {
    expect(await site.move(id, changes)).toBe(200)
    return (await site.read(id)).ssh.hostKey
  }

  test.each([{ ssh: { host: 'other.example' } }, { ssh: { port: 2222 } }])('goes with %j', async (changes) => {
    await site.db
      .collection('partner_configs')
      .updateOne({}, { $set: { 'ssh.presentedHostKey': { type: 'ssh-rsa', sha256: hostKeySha256 } } })
    expect(await hostKeyAfter(changes)).toBeNull()
    expect((await site.read(id)).ssh).toMatchObject({ trustOnFirstUse: false, presentedHostKey: null })
  })

  test.each([
    { ssh: { host: 'acme.example', port: 22 } },
    { ssh: { username: 'root', password: 'ssh-secret-2' } },
    { ssh: { enabled: false } },
    { db: { host: '10.0.0.6' } },
    { partnerName: 'Initech' },
  ])('stays with %j', async (changes) => {
    expect(await hostKeyAfter(changes)).toEqual(acme.ssh.hostKey)
  })

  test('is replaced by the one that is sent, with a new address or alone', async () => {
    const other = `SHA256:${'B'.repeat(43)}`
    expect(await hostKeyAfter({ ssh: { hostKeySha256: other } })).toMatchObject({ sha256: other, trustedBy: 'Ada' })
    expect(await hostKeyAfter({ ssh: { hostKeySha256, host: 'other.example' } })).toMatchObject({ sha256: hostKeySha256 })
  })

  test('does not let a first key be trusted beside it, but in its place', async () => {
    const trustOnFirstUse = true
    expect(await refusalOf(await site.patch(id, { version: 1, ssh: { trustOnFirstUse } }))).toMatchObject({
      status: 422,
      paths: ['ssh.trustOnFirstUse'],
    })
    expect(await hostKeyAfter({ ssh: { trustOnFirstUse, hostKeySha256: null } })).toBeNull()
    expect((await site.read(id)).ssh.trustOnFirstUse).toBe(true)
  })

  test('at a new address is not trusted on first use because the old one was', async () => {
    const other = await site.create({ partnerName: 'Globex', ssh: { ...newPartner.ssh, hostKeySha256: undefined, trustOnFirstUse: true } })
    expect(await site.move(other.id, { ssh: { username: 'root' } })).toBe(200)
    expect((await site.read(other.id)).ssh.trustOnFirstUse).toBe(true)
    expect(await site.move(other.id, { ssh: { host: 'other.example' } })).toBe(200)
    expect((await site.read(other.id)).ssh.trustOnFirstUse).toBe(false)
  })
})

describe('SSH', () => {
  test('can be switched off and on again with the same login', async () => {
    expect(await site.move(id, { ssh: { enabled: false } })).toBe(200)
    expect(await site.move(id, { ssh: { enabled: true } })).toBe(200)
    expect((await site.read(id)).ssh).toEqual(acme.ssh)
  })

  test('cannot be left or switched on without a login', async () => {
    expect(await refusalOf(await site.patch(id, { version: 1, ssh: { password: null } }))).toMatchObject({
      status: 422,
      paths: ['ssh.privateKey'],
    })
    const direct = await site.create({ partnerName: 'Globex', ssh: undefined })
    expect(
      await refusalOf(await site.patch(direct.id, { version: 1, ssh: { enabled: true }, db: { password: 'db-secret-1' } })),
    ).toMatchObject({
      status: 422,
      paths: ['ssh.host', 'ssh.username', 'ssh.privateKey'],
    })
    expect(await site.list()).toEqual([acme, direct])
  })
})

describe('a stored password belongs to its address', () => {
  const refused = async (changes: Record<string, unknown>) => {
    const before = await site.stored(id)
    const refusal = await refusalOf(await site.patch(id, { version: 1, ...changes }))
    expect(await site.stored(id)).toEqual(before)
    return refusal
  }

  test.each([
    [{ ssh: { host: 'evil.example', trustOnFirstUse: true } }, ['ssh.password', 'db.password']],
    [{ ssh: { port: 2222 } }, ['ssh.password', 'db.password']],
    [{ ssh: { username: 'root' } }, ['ssh.password']],
    [{ ssh: { enabled: false }, db: { host: 'evil.example' } }, ['db.password']],
    [{ ssh: { enabled: false } }, ['db.password']],
    [{ db: { host: 'evil.example' } }, ['db.password']],
    [{ db: { port: 3307 } }, ['db.password']],
    [{ db: { username: 'root' } }, ['db.password']],
    [{ ssh: { hostKeySha256: null, trustOnFirstUse: true } }, ['ssh.password', 'db.password']],
    [{ ssh: { host: 'evil.example', password: 'ssh-secret-1' } }, ['db.password']],
  ])('which has to be sent again with %j', async (changes, paths) => {
    expect(await refused(changes)).toEqual({ status: 422, code: 'invalid', paths })
  })

  test('is not needed where nothing is sent, or where the password is removed', async () => {
    expect(await site.change(id, { db: { password: null }, ssh: { host: 'other.example', password: 'ssh-secret-2' } })).toBe(200)
    expect(await site.change(id, { db: { host: 'anywhere' } })).toBe(200)
  })
})
