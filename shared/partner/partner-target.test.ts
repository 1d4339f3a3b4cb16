import { describe, expect, test } from 'vitest'
import { createSealer } from '../node/crypto/create-sealer.ts'
import type { PartnerDoc } from '../node/mongo/partners/partners.ts'
import { ReachError } from '../reach/reach-error.ts'
import { everywhere } from '../reach/reach-target.ts'
import { newConnectionTarget, openPartnerTarget, type SecretField, secretContext, secretFields } from './partner-target.ts'

const sealer = createSealer(new Uint8Array(32).fill(1))
const seal = (field: SecretField, text: string, id = 'p1') => sealer.seal(text, secretContext(id, field))

type Target = Pick<PartnerDoc, '_id' | 'db' | 'ssh'>
const sha256 = `SHA256:${'A'.repeat(43)}`
const trusted = { type: 'ssh-ed25519', sha256, trustedAt: new Date(0), trustedBy: 'Ada' }

const partner: Target = {
  _id: 'p1',
  db: { type: 'mysql', host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader', password: seal('db.password', 'db-secret') },
  ssh: {
    enabled: true,
    host: 'acme.example',
    port: 22,
    username: 'ops',
    password: null,
    privateKey: seal('ssh.privateKey', 'the key'),
    passphrase: seal('ssh.passphrase', 'the passphrase'),
    hostKey: trusted,
    trustOnFirstUse: false,
    presentedHostKey: null,
  },
}
const withDb = (changes: Partial<Target['db']>): Target => ({ ...partner, db: { ...partner.db, ...changes } })
const withSsh = (changes: Partial<Target['ssh']>): Target => ({ ...partner, ssh: { ...partner.ssh, ...changes } })

test('opens what was sealed', () => {
  expect(openPartnerTarget(sealer, partner, everywhere)).toMatchObject({
    partnerId: 'p1',
    db: { host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader', password: 'db-secret' },
    ssh: { host: 'acme.example', port: 22, username: 'ops', password: undefined, privateKey: 'the key', passphrase: 'the passphrase' },
  })
  expect(
    openPartnerTarget(sealer, withSsh({ password: seal('ssh.password', 'ssh-secret'), privateKey: null }), everywhere).ssh,
  ).toMatchObject({
    password: 'ssh-secret',
    privateKey: undefined,
  })
})

test('reaches the database directly where SSH is off, and without a password where there is none', () => {
  const { ssh } = openPartnerTarget(sealer, withSsh({ enabled: false }), everywhere)
  expect(ssh).toBeNull()
  expect(openPartnerTarget(sealer, withDb({ password: null }), everywhere).db.password).toBe('')
})

describe('the host key', () => {
  test('that is trusted is pinned with its type, even where the first one would be trusted', () => {
    const pinned = { pinned: sha256, type: 'ssh-ed25519' }
    expect(openPartnerTarget(sealer, partner, everywhere).ssh?.hostKey).toEqual(pinned)
    expect(openPartnerTarget(sealer, withSsh({ trustOnFirstUse: true }), everywhere).ssh?.hostKey).toEqual(pinned)
  })

  test('whose type nobody saw yet is pinned without one', () => {
    const { ssh } = openPartnerTarget(sealer, withSsh({ hostKey: { ...trusted, type: 'unknown' } }), everywhere)
    expect(ssh?.hostKey).toEqual({ pinned: sha256, type: undefined })
  })

  test('that was only presented is not trusted', () => {
    const presentedHostKey = { type: 'ssh-ed25519', sha256 }
    expect(openPartnerTarget(sealer, withSsh({ hostKey: null, presentedHostKey }), everywhere).ssh?.hostKey).toBeNull()
    expect(openPartnerTarget(sealer, withSsh({ hostKey: null, trustOnFirstUse: true }), everywhere).ssh?.hostKey).toEqual({
      trustOnFirstUse: true,
    })
  })
})

describe('the revision', () => {
  const revisionOf = (target: Target) => openPartnerTarget(sealer, target, everywhere).revision

  test.each<[string, Target]>([
    ['db.host', withDb({ host: '10.0.0.6' })],
    ['db.port', withDb({ port: 3307 })],
    ['db.name', withDb({ name: 'other' })],
    ['db.username', withDb({ username: 'writer' })],
    ['db.password', withDb({ password: seal('db.password', 'another') })],
    ['no db.password', withDb({ password: null })],
    ['ssh.enabled', withSsh({ enabled: false })],
    ['ssh.host', withSsh({ host: 'other.example' })],
    ['ssh.port', withSsh({ port: 2222 })],
    ['ssh.username', withSsh({ username: 'root' })],
    ['ssh.password', withSsh({ password: seal('ssh.password', 'another') })],
    ['ssh.privateKey', withSsh({ privateKey: seal('ssh.privateKey', 'another') })],
    ['ssh.passphrase', withSsh({ passphrase: null })],
    ['the pinned key', withSsh({ hostKey: { ...trusted, sha256: `SHA256:${'B'.repeat(43)}` } })],
    ['no pinned key', withSsh({ hostKey: null })],
  ])('changes with %s', (_, changed) => {
    expect(revisionOf(changed)).not.toBe(revisionOf(partner))
  })

  test.each<[string, Target]>([
    ['a key that was presented', withSsh({ presentedHostKey: { type: 'ssh-rsa', sha256: `SHA256:${'C'.repeat(43)}` } })],
    ['who trusted the key and when', withSsh({ hostKey: { ...trusted, trustedBy: 'Eve', trustedAt: new Date(1) } })],
    ['the type of the pinned key', withSsh({ hostKey: { ...trusted, type: 'unknown' } })],
    ['a copy of the document', structuredClone(partner)],
  ])('stays with %s', (_, same) => {
    expect(revisionOf(same)).toBe(revisionOf(partner))
  })

  test('holds no secret', () => {
    expect(revisionOf(partner)).not.toMatch(/db-secret|the key|the passphrase/)
  })
})

describe('a secret that does not open', () => {
  const failureOf = (open: () => unknown) => {
    try {
      open()
    } catch (error) {
      return error
    }
    return undefined
  }

  test.each(secretFields)('sealed under a lost key fails as decrypt: %s', (field) => {
    const lost = createSealer(new Uint8Array(32).fill(2)).seal('gone', secretContext('p1', field))
    const target = field === 'db.password' ? withDb({ password: lost }) : withSsh({ [field.slice(4)]: lost })
    const failure = failureOf(() => openPartnerTarget(sealer, target, everywhere))
    expect(failure).toBeInstanceOf(ReachError)
    expect(failure).toMatchObject({ reason: 'decrypt', stage: 'ssh-connect' })
  })

  test('moved from another partner or field fails as decrypt, at the first stage there is', () => {
    const moved = [seal('db.password', 'x', 'p2'), seal('ssh.password', 'x')]
    for (const password of moved) {
      const direct = { ...withDb({ password }), ssh: { ...partner.ssh, enabled: false } }
      expect(failureOf(() => openPartnerTarget(sealer, direct, everywhere))).toMatchObject({ reason: 'decrypt', stage: 'db-connect' })
    }
  })

  test('does not matter for SSH where SSH is off', () => {
    expect(openPartnerTarget(sealer, withSsh({ enabled: false, privateKey: 'not an envelope' }), everywhere).ssh).toBeNull()
  })
})

test('takes a connection that was typed in as it is', () => {
  const db = { type: 'mysql' as const, host: 'db', port: 3306, name: 'acme', username: 'reader' }
  const ssh = { enabled: true, host: 'acme.example', port: 22, username: 'ops', password: 'ssh-secret', trustOnFirstUse: false }
  const target = newConnectionTarget({ db, ssh }, 'new', everywhere)
  expect(target).toMatchObject({
    partnerId: 'new',
    db: { host: 'db', port: 3306, name: 'acme', username: 'reader', password: '' },
    ssh: { password: 'ssh-secret', hostKey: null },
  })
  const policyWith = (changes: object) => newConnectionTarget({ db, ssh: { ...ssh, ...changes } }, 'new', everywhere).ssh?.hostKey
  expect(policyWith({ hostKeySha256: sha256 })).toEqual({ pinned: sha256, type: undefined })
  expect(policyWith({ trustOnFirstUse: true })).toEqual({ trustOnFirstUse: true })
  expect(newConnectionTarget({ db, ssh: { ...ssh, enabled: false } }, 'new', everywhere).ssh).toBeNull()
})
