import { expect, test } from 'vitest'
import { NewPartner, PartnerPatch } from '../../../../../functions/partners/schema.ts'
import { toNewPartner, toPatch, usesStoredSecrets } from './partner-input.ts'
import { newPartnerValues, type PartnerValues, rebaseValues, type SavedPartner, valuesOfPartner } from './partner-values.ts'

const sha256 = `SHA256:${'a'.repeat(43)}`
const noTls = { tls: 'off' as const, tlsCa: null, tlsCertificate: null, hasTlsKey: false }
const saved: SavedPartner = {
  id: 'p1',
  partnerName: 'Acme',
  tenantId: 0,
  timezone: 'America/New_York',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  version: 7,
  db: { type: 'mysql', host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader', hasPassword: true, ...noTls },
  ssh: {
    enabled: true,
    host: 'acme.example',
    port: 22,
    username: 'ops',
    hasPassword: false,
    hasPrivateKey: true,
    hasPassphrase: true,
    trustOnFirstUse: false,
    hostKey: { type: 'ssh-ed25519', sha256, trustedAt: '2026-01-01T00:00:00.000Z', trustedBy: 'ada' },
  },
}
const { hostKey: _, ...untrusted } = saved.ssh
const edited = (change: (values: PartnerValues) => void, from: SavedPartner = saved) => {
  const values = valuesOfPartner(from)
  change(values)
  return toPatch(values, from)
}

const complete = (change: (values: PartnerValues) => void = () => undefined) => {
  const values = newPartnerValues()
  Object.assign(values, { partnerName: ' Acme ', db: { ...values.db, name: 'acme', username: 'reader' } })
  Object.assign(values.ssh, { host: 'acme.example', username: 'ops' })
  values.ssh.privateKey.text = 'key'
  change(values)
  return toNewPartner(values, null)
}

test('a change holds what was changed, and the version that was read', () => {
  expect(edited(() => undefined)).toEqual({ version: 7 })
  const changes: [(values: PartnerValues) => void, object][] = [
    [(values) => (values.priority = '5'), { priority: 5 }],
    [(values) => (values.partnerName = 'Acme '), {}],
    [(values) => (values.isActive = false), { isActive: false }],
    [(values) => (values.db.port = '3307'), { db: { port: 3307 } }],
    [(values) => (values.db.password.text = 'new'), { db: { password: 'new' } }],
    [(values) => (values.db.password.isCleared = true), { db: { password: null } }],
    [(values) => (values.db.tls = 'required'), { db: { tls: 'required' } }],
    [(values) => (values.db.tlsCa = ' CA '), { db: { tlsCa: 'CA' } }],
    [(values) => (values.db.tlsKey.text = 'key'), { db: { tlsKey: 'key' } }],
    [(values) => (values.ssh.enabled = false), { ssh: { enabled: false } }],
    [(values) => (values.ssh.passphrase.isCleared = true), { ssh: { passphrase: null } }],
    [(values) => (values.ssh.hostKeySha256 = `SHA256:${'b'.repeat(43)}`), { ssh: { hostKeySha256: `SHA256:${'b'.repeat(43)}` } }],
    [(values) => (values.ssh.trust = 'ask'), { ssh: { hostKeySha256: null } }],
    [(values) => (values.ssh.trust = 'first-use'), { ssh: { hostKeySha256: null, trustOnFirstUse: true } }],
  ]
  for (const [change, patch] of changes) {
    expect(edited(change)).toEqual({ version: 7, ...patch })
    expect(PartnerPatch.safeParse(edited(change)).success).toBe(true)
  }
})

test('another way to sign in sends its own secret and leaves the other to the server', () => {
  const patch = edited((values) => {
    values.ssh.signIn = 'password'
    values.ssh.password.text = 'secret'
    values.ssh.privateKey.text = 'typed before the user chose a password'
  })
  expect(patch).toEqual({ version: 7, ssh: { password: 'secret' } })
})

test('a server that moved sends its trust again, as the API would drop it', () => {
  expect(edited((values) => (values.ssh.host = 'new.example'))).toEqual({
    version: 7,
    ssh: { host: 'new.example', hostKeySha256: sha256 },
  })
  const asking = { ...saved, ssh: { ...untrusted, hostKey: null, trustOnFirstUse: true } }
  expect(edited((values) => (values.ssh.port = '2222'), asking)).toEqual({ version: 7, ssh: { port: 2222, trustOnFirstUse: true } })
  const moved = { ...saved, ssh: { ...untrusted, hostKey: null } }
  expect(edited((values) => (values.ssh.port = '2222'), moved)).toEqual({ version: 7, ssh: { port: 2222 } })
})

test('a new partner holds the fields that matter and no empty secret', () => {
  expect(complete().ssh).toEqual({ enabled: true, host: 'acme.example', port: 22, username: 'ops', privateKey: 'key' })
  expect(complete((values) => (values.ssh.enabled = false)).ssh).toEqual({ enabled: false })
  expect(complete((values) => (values.ssh.trust = 'first-use')).ssh).toMatchObject({ trustOnFirstUse: true })
  expect(complete((values) => Object.assign(values.ssh, { trust: 'pin', hostKeySha256: ` ${sha256} ` })).ssh).toMatchObject({
    hostKeySha256: sha256,
  })
  expect(NewPartner.parse(complete())).toMatchObject({ partnerName: 'Acme', priority: 4 })
})

test('an empty number is not a zero, and a pin needs a fingerprint', () => {
  const paths = (values: object) => NewPartner.safeParse(values).error?.issues.map(({ path }) => path.join('.'))
  expect(paths(complete((values) => (values.concurrencyLimit = '')))).toEqual(['concurrencyLimit'])
  expect(paths(complete((values) => (values.db.port = '33o6')))).toEqual(['db.port'])
  expect(paths(complete((values) => (values.ssh.trust = 'pin')))).toEqual(['ssh.hostKeySha256'])
})

test('a stored secret counts as there until it is cleared or the way to sign in changes, and is never sent', () => {
  const paths = (values: PartnerValues) => NewPartner.safeParse(toNewPartner(values, saved)).error?.issues.map(({ path }) => path.join('.'))
  const kept = valuesOfPartner(saved)
  expect(paths(kept)).toBeUndefined()
  expect(usesStoredSecrets(kept, saved)).toBe(true)
  const cleared = valuesOfPartner(saved)
  cleared.ssh.privateKey.isCleared = true
  expect(paths(cleared)).toEqual(['ssh.privateKey'])
  const otherwise = valuesOfPartner(saved)
  otherwise.ssh.signIn = 'password'
  expect(paths(otherwise)).toEqual(['ssh.privateKey'])
  otherwise.ssh.password.text = 'entered'
  otherwise.db.password.text = 'entered as well'
  expect(usesStoredSecrets(otherwise, saved)).toBe(false)
})

test('a rebase keeps what was entered and takes over everything else', () => {
  const before = valuesOfPartner(saved)
  const now = valuesOfPartner({ ...saved, priority: 9, timezone: 'UTC', db: { ...saved.db, host: '10.0.0.6' } })
  const entered = { ...valuesOfPartner(saved), priority: '1', maxConcurrency: '60' }
  const rebased = rebaseValues(entered, before, now)
  expect(rebased).toEqual({ ...now, priority: '1', maxConcurrency: '60' })
})
