import { expect, test } from 'vitest'
import { describeWay, fillFromConfig, type HostDraft } from './fill-from-config.ts'
import { newPartnerValues } from './partner-values.ts'

const hostKeySha256 = `SHA256:${'A'.repeat(43)}`
const draft: HostDraft = {
  row: 1,
  host: 'acme',
  partner: { partnerName: 'acme', ssh: { host: 'acme.example', port: 2222, username: 'ops', hostKeySha256 } },
  files: {},
  notes: [],
}

test('fills in the name and SSH, and pins the key', () => {
  const { partnerName, db, ssh } = fillFromConfig(newPartnerValues(), draft)
  expect([partnerName, db]).toEqual(['acme', newPartnerValues().db])
  expect(ssh).toMatchObject({ enabled: true, host: 'acme.example', port: '2222', username: 'ops', trust: 'pin', hostKeySha256 })
})

test('keeps a name that was entered, and asks for trust in a key that is not known', () => {
  const entered = { ...newPartnerValues(), partnerName: 'Acme Talent' }
  const partner = { partnerName: 'acme', db: { host: '10.0.0.5', port: 3307 }, ssh: { host: 'acme', port: 22 } }
  const filled = fillFromConfig(fillFromConfig(entered, draft), { ...draft, partner })
  expect(filled).toMatchObject({
    partnerName: 'Acme Talent',
    db: { host: '10.0.0.5', port: '3307' },
    ssh: { host: 'acme', port: '22', username: '', trust: 'ask', hostKeySha256: '' },
  })
})

test('fills in the hops, each with its key, and keeps no secret of another server', () => {
  const entered = newPartnerValues()
  entered.ssh.privateKey.text = 'a key for another server'
  const jumps = [
    { host: 'bastion.example', port: 2022, username: 'jump', hostKeySha256 },
    { host: 'inner', port: 22 },
  ]
  const { ssh } = fillFromConfig(entered, { ...draft, partner: { ...draft.partner, ssh: { ...draft.partner.ssh, jumps } } })
  expect(ssh.jumps).toMatchObject([
    { host: 'bastion.example', port: '2022', username: 'jump', trust: 'pin', hostKeySha256 },
    { host: 'inner', port: '22', username: '', trust: 'ask' },
  ])
  expect(JSON.stringify(ssh)).not.toContain('another server')
  expect(fillFromConfig({ ...entered, ssh }, draft).ssh.jumps).toEqual([])
})

test('trusts the authorities of a host instead of one key, but for the keys that are revoked', () => {
  const ssh = { host: 'acme.example', port: 22, hostCa: ['ssh-ed25519 AAAA', 'ssh-rsa BBBB'], revokedKeys: [hostKeySha256] }
  expect(fillFromConfig(newPartnerValues(), { ...draft, partner: { ...draft.partner, ssh } }).ssh).toMatchObject({
    trust: 'authority',
    hostCa: 'ssh-ed25519 AAAA\nssh-rsa BBBB',
    revokedKeys: hostKeySha256,
  })
})

test('says which way leads to a host', () => {
  const jumps = [{ host: 'bastion.example', port: 22, username: 'jump' }]
  expect(describeWay(draft)).toBe('ops@acme.example:2222')
  expect(describeWay({ ...draft, partner: { ...draft.partner, ssh: { ...draft.partner.ssh, jumps } } })).toBe(
    'ops@acme.example:2222 through jump@bastion.example:22',
  )
})
