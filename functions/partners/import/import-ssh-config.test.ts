import { afterEach, beforeEach, expect, test } from 'vitest'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from '../partners-under-test.ts'
import type { ImportResult } from '../schema.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const config = `Host acme
  HostName acme.example
  User ops
  IdentityFile ~/.ssh/acme
Host globex
  HostName globex.example
  User ops
  LocalForward 3307 10.0.0.6:3306
[acme.example]:2222,acme.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}
`
const importText = (text: string, query = '') => site.request(`/import?format=ssh-config${query}`, { text, type: 'text/plain' })
const importWith = (partners: object, query = '') =>
  site.request(`/import?format=ssh-config${query}`, { body: { sshConfig: config, partners } })
const { username, password, name } = newPartner.db

test('a dry run of a configuration gives drafts, and says what each lacks and where its key is', async () => {
  const response = await importText(config, '&dryRun=true')
  expect(response.status).toBe(200)
  const result = (await response.json()) as ImportResult
  expect(result).toMatchObject({ dryRun: true, rows: 2, created: [] })
  expect(result.drafts).toMatchObject([
    {
      row: 1,
      host: 'acme',
      partner: { partnerName: 'acme', ssh: { host: 'acme.example', username: 'ops', hostKeySha256: expect.any(String) } },
      files: { 'ssh.privateKey': ['~/.ssh/acme'] },
    },
    { row: 2, host: 'globex', partner: { db: { host: '10.0.0.6', port: 3306 } } },
  ])
  expect(result.errors.filter(({ row }) => row === 1)).toContainEqual({
    row: 1,
    path: 'ssh.privateKey',
    message: 'is asked for: what is in ~/.ssh/acme',
  })
  expect(result.errors.map(({ row, path }) => `${row}.${path}`)).toEqual(
    expect.arrayContaining(['1.db', '2.db.name', '2.db.username', '2.ssh.privateKey']),
  )
  expect(await site.list()).toEqual([])
})

test('a configuration alone imports nothing, and is refused with what it lacks', async () => {
  expect(await refusalOf(await importText(config))).toMatchObject({ status: 422, paths: expect.arrayContaining(['1.ssh.privateKey']) })
  expect(await site.list()).toEqual([])
})

test('with what it lacks, the named hosts of a configuration are imported', async () => {
  const acme = { partnerName: 'Acme', db: { ...newPartner.db }, ssh: { password: 'ssh-secret-1' } }
  const globex = { db: { name, username, password }, ssh: { password: 'ssh-secret-2' } }
  expect((await importWith({ acme, globex: { ...globex, db: { name } } })).status).toBe(422)
  const dryRun = await (await importWith({ acme, globex }, '&dryRun=true')).text()
  expect(dryRun).toContain('"errors":[]')
  expect(dryRun).not.toMatch(/secret/)
  const response = await importWith({ acme, globex })
  expect([response.status, ((await response.json()) as ImportResult).created.map(({ partnerName }) => partnerName)]).toEqual([
    200,
    ['Acme', 'globex'],
  ])
  expect(await site.list()).toMatchObject([
    { partnerName: 'Acme', ssh: { host: 'acme.example', hasPassword: true, hostKey: { sha256: expect.any(String) } } },
    { partnerName: 'globex', db: { host: '10.0.0.6', name }, ssh: { host: 'globex.example', hostKey: null } },
  ])
})

test('names a host that the configuration lacks, and one that cannot be reached so', async () => {
  expect(await refusalOf(await importWith({ initech: {} }))).toMatchObject({ status: 422, paths: ['partners.initech'] })
  const text = 'Host acme\n ProxyCommand nc %h %p\n'
  const { errors } = (await (await importText(text, '&dryRun=true')).json()) as ImportResult
  expect(errors).toEqual([{ row: 1, path: 'ssh', message: expect.stringContaining('ProxyCommand') }])
})

test.each([
  ['Match', 'Match all\n User x\n', 'line 1: Match'],
  ['no host', 'User ops\n', 'names no host'],
  ['nothing', '', 'names no host'],
])('a configuration with %s is refused', async (_, text, message) => {
  const response = await importText(text, '&dryRun=true')
  expect([response.status, await response.text()]).toEqual([422, expect.stringContaining(message)])
})
