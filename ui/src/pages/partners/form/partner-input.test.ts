import { expect, test } from 'vitest'
import { NewPartner, PartnerPatch } from '../../../../../functions/partners/schema.ts'
import { toNewPartner, toPatch, usesStoredSecrets } from './partner-input.ts'
import {
  type LoginValues,
  newPartnerValues,
  type PartnerValues,
  rebaseValues,
  type SavedPartner,
  valuesOfPartner,
} from './partner-values.ts'

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
    certificate: null,
    trustOnFirstUse: false,
    hostCa: [],
    jumps: [],
    revokedKeys: [],
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

test('another way to sign in sends its own secret and removes the other, and both may be kept', () => {
  const patch = edited((values) => {
    values.ssh.signIn = 'password'
    values.ssh.password.text = 'secret'
    values.ssh.privateKey.text = 'typed before the user chose a password'
  })
  expect(patch).toEqual({ version: 7, ssh: { password: 'secret', privateKey: null } })
  const both = edited((values) => {
    values.ssh.signIn = 'both'
    values.ssh.password.text = 'secret'
  })
  expect(both).toEqual({ version: 7, ssh: { password: 'secret' } })
  const withBoth = { ...saved, ssh: { ...saved.ssh, hasPassword: true } }
  expect(edited(() => undefined, withBoth)).toEqual({ version: 7 })
  expect(edited((values) => (values.ssh.signIn = 'key'), withBoth)).toEqual({ version: 7, ssh: { password: null } })
})

const certificate = 'ssh-ed25519-cert-v01@openssh.com AAAA someone'

test('a certificate is sent when it changed or its key did, and removed when its field is emptied', () => {
  const certified = { ...saved, ssh: { ...saved.ssh, certificate } }
  expect(edited((values) => (values.ssh.certificate = ` ${certificate}\n`))).toEqual({ version: 7, ssh: { certificate } })
  expect(edited(() => undefined, certified)).toEqual({ version: 7 })
  expect(edited((values) => (values.ssh.certificate = ''), certified)).toEqual({ version: 7, ssh: { certificate: null } })
  expect(edited((values) => (values.ssh.privateKey.text = 'new'), certified)).toEqual({
    version: 7,
    ssh: { privateKey: 'new', certificate },
  })
})

test('authorities are sent instead of a fingerprint, one a line, as known_hosts has them too', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
  const patch = edited((values) =>
    Object.assign(values.ssh, { trust: 'authority', hostCa: `@cert-authority *.example ${key}\n\n`, revokedKeys: sha256 }),
  )
  expect(patch).toEqual({ version: 7, ssh: { hostCa: [key], revokedKeys: [sha256] } })
  expect(PartnerPatch.safeParse(patch).success).toBe(true)
  const certified = { ...saved, ssh: { ...untrusted, hostKey: null, hostCa: [key], revokedKeys: [sha256] } }
  expect(edited((values) => (values.ssh.host = 'new.example'), certified)).toEqual({ version: 7, ssh: { host: 'new.example' } })
  expect(edited((values) => (values.ssh.trust = 'ask'), certified)).toEqual({ version: 7, ssh: { hostCa: null } })
  expect(edited((values) => (values.ssh.revokedKeys = ''), certified)).toEqual({ version: 7, ssh: { revokedKeys: [] } })
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

const { enabled: __, jumps: ___, ...login } = saved.ssh
const behindHops: SavedPartner = {
  ...saved,
  ssh: {
    ...saved.ssh,
    jumps: [login, { ...login, host: 'inner.example', hostKey: null }].map((jump) => ({ ...jump, hasPassword: false })),
  },
}
const addresses = behindHops.ssh.jumps.map(({ host, port, username }) => ({ host, port, username }))

test('hops are sent whole or not at all, and of one that stays only what changed', () => {
  expect(edited(() => undefined, behindHops)).toEqual({ version: 7 })
  const changes: [(jumps: LoginValues[]) => void, object[]][] = [
    [(jumps) => jumps.pop(), addresses.slice(0, 1)],
    [
      (jumps) => Object.assign(jumps[1]!, { trust: 'pin', hostKeySha256: sha256 }),
      [addresses[0]!, { ...addresses[1], hostKeySha256: sha256 }],
    ],
    [(jumps) => Object.assign(jumps[0]!, { trust: 'ask' }), [{ ...addresses[0], hostKeySha256: null }, addresses[1]!]],
    [(jumps) => Object.assign(jumps[1]!.privateKey, { text: 'key' }), [addresses[0]!, { ...addresses[1], privateKey: 'key' }]],
    [
      (jumps) => Object.assign(jumps[0]!, { host: 'new.example' }),
      [{ ...addresses[0], host: 'new.example', hostKeySha256: sha256 }, addresses[1]!],
    ],
    [(jumps) => jumps.reverse(), [addresses[1]!, { ...addresses[0], hostKeySha256: sha256 }]],
  ]
  for (const [change, jumps] of changes) {
    const patch = edited((values) => change(values.ssh.jumps), behindHops)
    expect(patch).toEqual({ version: 7, ssh: { jumps } })
    expect(PartnerPatch.safeParse(patch).success).toBe(true)
  }
})

test('the stored secret of a hop counts only where the hop is what it was', () => {
  const values = valuesOfPartner(behindHops)
  expect(usesStoredSecrets(values, behindHops)).toBe(true)
  expect(NewPartner.safeParse(toNewPartner(values, behindHops)).success).toBe(true)
  values.ssh.jumps.reverse()
  expect(NewPartner.safeParse(toNewPartner(values, behindHops)).error?.issues.map(({ path }) => path.join('.'))).toEqual([
    'ssh.jumps.0.privateKey',
    'ssh.jumps.1.privateKey',
  ])
})

test('hops that somebody else changed are taken over where the user did not touch them, as one field', () => {
  const [before, now] = [valuesOfPartner(saved), valuesOfPartner(behindHops)]
  expect(rebaseValues(before, before, now).ssh.jumps).toEqual(now.ssh.jumps)
  const mine = valuesOfPartner(saved)
  mine.ssh.jumps.push({ ...now.ssh.jumps[0]!, host: 'mine.example' })
  expect(rebaseValues(mine, before, now).ssh.jumps).toEqual(mine.ssh.jumps)
})
