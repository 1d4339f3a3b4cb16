import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSshKey } from '../../deployment/demo/create-ssh-key.ts'
import type { PartnerDoc } from '../../shared/node/mongo/partners/partners.ts'
import { openPartnerTarget, sealedInPartner } from '../../shared/partner/partner-target.ts'
import { everywhere } from '../../shared/reach/reach-target.ts'
import { hostKeySha256, newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

const otherSha256 = `SHA256:${'B'.repeat(43)}`
const first = { host: 'bastion.example', username: 'jump', password: 'jump-secret-1', hostKeySha256 }
const second = { host: 'inner.example', port: 2222, username: 'jump', password: 'jump-secret-2', trustOnFirstUse: true }
/** A hop as it is, without what is stored of it. */
const addressOf = ({ host, username, ...jump }: { host: string; username: string; port?: number }) => ({
  host,
  username,
  port: jump.port ?? 22,
})
const [sshPassword, dbPassword] = [{ password: newPartner.ssh.password }, { password: newPartner.db.password }]

let site: PartnersUnderTest
let id: string
beforeEach(async () => {
  site = await openPartners()
  id = (await site.create({ ssh: { ...newPartner.ssh, jumps: [first, second] } })).id
})
afterEach(() => site.close())

const stored = async () => (await site.stored(id)) as PartnerDoc
const patch = async (changes: object) => site.patch(id, { version: (await site.read(id)).version, ...changes })
const passwords = async () => openPartnerTarget(site.sealer, await stored(), everywhere).ssh?.jumps?.map(({ password }) => password)

test('hops are shown in order without their secrets, sealed at their place, and opened for a connection', async () => {
  const { ssh } = await site.read(id)
  const common = {
    username: 'jump',
    hasPassword: true,
    hasPrivateKey: false,
    hasPassphrase: false,
    certificate: null,
    hostCa: [],
    revokedKeys: [],
    presentedHostKey: null,
  }
  expect(ssh.jumps).toEqual([
    { ...common, host: 'bastion.example', port: 22, trustOnFirstUse: false, hostKey: expect.objectContaining({ sha256: hostKeySha256 }) },
    { ...common, host: 'inner.example', port: 2222, trustOnFirstUse: true, hostKey: null },
  ])
  const doc = await stored()
  expect(JSON.stringify([doc, ssh, await site.audited()])).not.toMatch(/jump-secret/)
  expect(sealedInPartner(doc).map(({ context }) => context.field)).toEqual([
    'db.password',
    'ssh.password',
    'ssh.jumps.0.password',
    'ssh.jumps.1.password',
  ])
  expect(openPartnerTarget(site.sealer, doc, everywhere).ssh?.jumps).toMatchObject([
    { host: 'bastion.example', port: 22, password: 'jump-secret-1', hostKey: { pinned: hostKeySha256 } },
    { host: 'inner.example', port: 2222, password: 'jump-secret-2', hostKey: { trustOnFirstUse: true } },
  ])
})

test('an envelope that was moved to another hop does not open', async () => {
  const { ssh } = await stored()
  const [one, two] = ssh.jumps ?? []
  const moved = { ...(await stored()), ssh: { ...ssh, jumps: [{ ...one!, password: two!.password }, two!] } }
  expect(() => openPartnerTarget(site.sealer, moved, everywhere)).toThrow('do not open')
})

test('the revision of a connection changes with any hop', async () => {
  const revision = async () => openPartnerTarget(site.sealer, await stored(), everywhere).revision
  const before = await revision()
  expect((await patch({ ssh: { jumps: [{ ...addressOf(first), hostKeySha256: otherSha256 }, addressOf(second)] } })).status).toBe(200)
  expect(await revision()).not.toBe(before)
})

test('a partner that was stored before there were hops has none', async () => {
  await site.db.collection('partner_configs').updateOne({}, { $unset: { 'ssh.jumps': '' } })
  expect((await site.read(id)).ssh.jumps).toEqual([])
  expect(openPartnerTarget(site.sealer, await stored(), everywhere).ssh?.jumps).toEqual([])
  expect((await patch({ priority: 9 })).status).toBe(200)
  expect((await patch({ ssh: { jumps: [first], ...sshPassword }, db: dbPassword })).status).toBe(200)
  expect(await passwords()).toEqual(['jump-secret-1'])
})

describe('a new hop', () => {
  test.each([
    [[first, first, first, first], ['ssh.jumps']],
    [[{ ...first, host: '' }], ['ssh.jumps.0.host']],
    [[first, { ...second, password: undefined }], ['ssh.jumps.1.privateKey']],
    [[{ ...first, passphrase: 'x' }], ['ssh.jumps.0.passphrase']],
    [[{ ...first, trustOnFirstUse: true }], ['ssh.jumps.0.trustOnFirstUse']],
    [[first, { ...second, password: undefined, privateKey: 'not a key' }], ['ssh.jumps.1.privateKey']],
  ])('at fault is named by its field: %#', async (jumps, paths) => {
    const ssh = { ...newPartner.ssh, jumps }
    expect(await refusalOf(await site.request('', { body: { ...newPartner, partnerName: 'Globex', ssh } }))).toMatchObject({
      status: 422,
      paths,
    })
  })

  test('signs in with a key as well', async () => {
    const { privateKey } = createSshKey({ passphrase: 'egret-2', cipher: 'aes256-ctr', rounds: 1 })
    const jumps = [{ host: 'bastion.example', username: 'jump', privateKey, passphrase: 'egret-2' }]
    const created = await site.create({ partnerName: 'Globex', ssh: { ...newPartner.ssh, jumps } })
    expect(created.ssh.jumps).toMatchObject([{ hasPrivateKey: true, hasPassphrase: true, hasPassword: false }])
  })
})

describe('a change of the hops', () => {
  test('keeps the secrets and the key of a hop that stands where it stood', async () => {
    expect((await patch({ ssh: { jumps: [addressOf(first), addressOf(second)] } })).status).toBe(200)
    expect(await passwords()).toEqual(['jump-secret-1', 'jump-secret-2'])
    expect((await site.read(id)).ssh.jumps).toMatchObject([{ hostKey: { sha256: hostKeySha256 } }, { trustOnFirstUse: true }])
    expect(site.dropped).toEqual([])
  })

  test('takes a new secret for one hop alone, and drops the connection', async () => {
    expect((await patch({ ssh: { jumps: [addressOf(first), { ...addressOf(second), password: 'new' }] } })).status).toBe(200)
    expect(await passwords()).toEqual(['jump-secret-1', 'new'])
    expect(site.dropped).toEqual([id])
  })

  test.each<[string, object[], string[]]>([
    ['removed at the end', [addressOf(first)], []],
    ['removed in front', [addressOf(second)], ['ssh.jumps.0.password']],
    ['moved', [addressOf(second), addressOf(first)], ['ssh.jumps.0.password', 'ssh.jumps.1.password']],
    [
      'at another host',
      [{ ...addressOf(first), host: 'evil.example' }, addressOf(second)],
      ['ssh.jumps.0.password', 'ssh.jumps.1.password'],
    ],
    ['at another port', [addressOf(first), { ...addressOf(second), port: 22 }], ['ssh.jumps.1.password']],
    ['with another user', [{ ...addressOf(first), username: 'root' }, addressOf(second)], ['ssh.jumps.0.password', 'ssh.jumps.1.password']],
    [
      'that trusts any key',
      [{ ...addressOf(first), hostKeySha256: null, trustOnFirstUse: true }, addressOf(second)],
      ['ssh.jumps.0.password', 'ssh.jumps.1.password'],
    ],
    [
      'new in front',
      [{ ...first, host: 'new.example' }, addressOf(first), addressOf(second)],
      ['ssh.jumps.1.password', 'ssh.jumps.2.privateKey'],
    ],
    ['none left', [], []],
  ])('with one %s asks again for every password that would go the other way', async (_what, jumps, paths) => {
    const before = await stored()
    const refusal = await refusalOf(await patch({ ssh: { jumps } }))
    expect({ ...refusal, paths: new Set(refusal.paths) }).toMatchObject({
      status: 422,
      paths: new Set([...paths, 'ssh.password', 'db.password']),
    })
    expect(await stored()).toEqual(before)
    const resent = jumps.map((jump) => ({ password: 'sent again', ...jump }))
    expect((await patch({ ssh: { jumps: resent, ...sshPassword }, db: dbPassword })).status).toBe(200)
    expect(await passwords()).toHaveLength(jumps.length)
  })

  test('asks again for the password of a hop behind the change also where it has a key as well', async () => {
    const jumps = [addressOf(first), { ...addressOf(second), privateKey: createSshKey().privateKey }]
    expect((await patch({ ssh: { jumps } })).status).toBe(200)
    const moved = [{ ...first, host: 'evil.example' }, addressOf(second)]
    expect(await refusalOf(await patch({ ssh: { jumps: moved, ...sshPassword }, db: dbPassword }))).toMatchObject({
      status: 422,
      paths: ['ssh.jumps.1.password'],
    })
  })

  test('never asks again for a password of the way that stays', async () => {
    const other = { ...second, host: 'other.example' }
    expect((await patch({ ssh: { jumps: [addressOf(first), other], ...sshPassword }, db: dbPassword })).status).toBe(200)
    expect(await passwords()).toEqual(['jump-secret-1', 'jump-secret-2'])
  })

  test('keeps no secret and no key for another hop', async () => {
    const jumps = [{ host: 'other.example', username: 'jump', password: 'sent' }, { ...second }]
    expect((await patch({ ssh: { jumps, ...sshPassword }, db: dbPassword })).status).toBe(200)
    expect((await site.read(id)).ssh.jumps[0]).toMatchObject({ hostKey: null, trustOnFirstUse: false })
    expect(await passwords()).toEqual(['sent', 'jump-secret-2'])
  })

  test('asks for the passwords of the hops when SSH is switched on again', async () => {
    expect((await patch({ ssh: { enabled: false }, db: dbPassword })).status).toBe(200)
    expect(await refusalOf(await patch({ ssh: { enabled: true } }))).toMatchObject({
      paths: ['ssh.jumps.0.password', 'ssh.jumps.1.password', 'ssh.password', 'db.password'],
    })
  })

  test('shows in the audit log with its secrets masked', async () => {
    await patch({ ssh: { jumps: [first], ...sshPassword }, db: dbPassword })
    const entry = (await site.audited()).at(-1)
    expect(entry).toMatchObject({
      before: {
        ssh: {
          jumps: [
            { host: 'bastion.example', password: '[sealed]' },
            { host: 'inner.example', password: '[sealed]' },
          ],
        },
      },
      after: { ssh: { jumps: [{ host: 'bastion.example', password: '[sealed]' }] } },
    })
    expect(JSON.stringify(entry)).not.toMatch(/secret|v1:/)
  })

  test('leaves a first host key that a capture pinned meanwhile at a hop that it does not change', async () => {
    const { ssh } = await stored()
    const key = { type: 'ssh-ed25519', sha256: otherSha256, trustedAt: new Date(0), trustedBy: 'first use' }
    const update = site.partners.update
    site.partners.update = async (...written) => {
      await site.partners.trustFirstKey(id, ssh, key, 2)
      return update(...written)
    }
    await patch({ ssh: { jumps: [{ ...addressOf(first), password: 'new' }, addressOf(second)] } })
    expect((await stored()).ssh.jumps?.[1]).toMatchObject({ hostKey: key, trustOnFirstUse: false })
  })
})

describe('an export', () => {
  test.each(['json', 'csv'])('as %s has the hops without their secrets, and the import takes it back', async (format) => {
    await site.create({ partnerName: 'Direct', ssh: undefined })
    const text = await (await site.request(`/export?format=${format}`)).text()
    expect(text).not.toContain('secret')
    const type = format === 'csv' ? 'text/csv' : 'application/json'
    const dryRun = await site.request('/import?dryRun=true', { text, type })
    const errors = (await dryRun.json()) as { errors: { path: string }[] }
    expect(errors.errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['ssh.privateKey', 'ssh.jumps.0.privateKey', 'ssh.jumps.1.privateKey']),
    )
    const before = await site.read(id)
    await site.request(`/${id}`, { method: 'DELETE' })
    await site.request(`/${(await site.list())[0]?.id}`, { method: 'DELETE' })
    const filled = format === 'csv' ? fillCsv(text) : JSON.stringify((JSON.parse(text) as Exported[]).map(fill))
    expect((await site.request('/import', { text: filled, type })).status).toBe(200)
    const [acme, direct] = await site.list()
    expect(acme?.ssh.jumps.map(({ hostKey, ...jump }) => ({ ...jump, sha256: hostKey?.sha256 }))).toEqual(
      before.ssh.jumps.map(({ hostKey, ...jump }) => ({ ...jump, sha256: hostKey?.sha256 })),
    )
    expect(direct?.ssh.jumps).toEqual([])
  })
})

type Exported = { ssh: { enabled: boolean; jumps?: object[] } }

const fill = ({ ssh, ...partner }: Exported) => ({
  ...partner,
  ssh: ssh.enabled ? { ...ssh, password: 'x', jumps: ssh.jumps?.map((jump) => ({ ...jump, password: 'x' })) } : ssh,
})

/** The same in CSV, of which no field here holds a comma. */
const fillCsv = (text: string) => {
  const [header = '', ...lines] = text.trimEnd().split('\r\n')
  const columns = header.replace('\uFEFF', '').split(',')
  const filled = lines.map((line) => {
    const cells = line.split(',')
    const has = (column: string) => cells[columns.indexOf(column)] !== ''
    return cells
      .map((cell, at) => (/^ssh\..*password$/.test(columns[at] ?? '') && has((columns[at] ?? '').replace('password', 'host')) ? 'x' : cell))
      .join(',')
  })
  return [header, ...filled].join('\r\n')
}
