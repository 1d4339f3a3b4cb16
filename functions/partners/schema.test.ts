import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPartner, openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

let site: PartnersUnderTest
let id: string
beforeAll(async () => {
  site = await openPartners()
  id = (await site.create({ partnerName: 'The one that exists' })).id
})
afterAll(() => site.close())

const { db, ssh } = newPartner
const other = (path: string, value: unknown): Record<string, unknown> => {
  const [group = '', field] = path.split('.')
  if (field === undefined) return { [group]: value }
  return { [group]: { [field]: value } }
}
const merged = (changes: Record<string, unknown>) => ({
  ...newPartner,
  ...changes,
  db: { ...db, ...(changes['db'] as object | undefined) },
  ssh: { ...ssh, ...(changes['ssh'] as object | undefined) },
})

/** Values that a field refuses, whether it is created or changed. */
const refused: [path: string, ...values: unknown[]][] = [
  ['partnerName', '', '   ', 'x'.repeat(201), 5, null],
  ['tenantId', -1, 1.5, '1'],
  ['timezone', 'Mars/Olympus', '', 'UTC+25', '+05:30', 5],
  ['isActive', 'true', 1],
  ['priority', 0, 11, 4.5],
  ['concurrencyLimit', -1, 100_001, '10'],
  ['maxConcurrency', -1, 100_001],
  ['pauseNonPriorityCampaigns', 'no'],
  ['db.host', '', 'a b', 'user@host', 'x'.repeat(254), null],
  ['db.port', 0, 65_536, 22.5, '3306'],
  ['db.name', '', 'x'.repeat(65)],
  ['db.username', '', 'x'.repeat(81)],
  ['db.password', '', 'x'.repeat(1001), 5],
  ['ssh.enabled', 'yes'],
  ['ssh.host', '', 'a/b', '$(id)'],
  ['ssh.port', 0, 65_536],
  ['ssh.username', '', 'x'.repeat(81)],
  ['ssh.password', '', 'x'.repeat(1001)],
  ['ssh.privateKey', '', 'x'.repeat(20_001)],
  ['ssh.passphrase', '', 'x'.repeat(1001)],
  ['ssh.hostKeySha256', 'SHA256:short', 'A'.repeat(43), `MD5:${'A'.repeat(43)}`],
  ['ssh.trustOnFirstUse', 'yes'],
]
const cases = refused.flatMap(([path, ...values]) => values.map((value) => ({ path, value, shown: JSON.stringify(value).slice(0, 30) })))

test.each(cases)('refuses $path $shown by name, in a new partner and in a change', async ({ path, value }) => {
  for (const response of [
    await site.request('', { body: merged(other(path, value)) }),
    await site.patch(id, { version: 1, ...other(path, value) }),
  ]) {
    const { status, paths } = await refusalOf(response)
    expect([status, paths]).toEqual([422, expect.arrayContaining([path])])
  }
})

test('says in words what a field must be', async () => {
  const { partnerName: _, ...nameless } = newPartner
  const response = await site.request('', { body: { ...nameless, priority: 99, db: { ...db, host: 5 } } })
  expect(await response.json()).toMatchObject({
    error: {
      issues: expect.arrayContaining([
        { path: 'partnerName', message: 'is required' },
        { path: 'priority', message: 'must be a whole number from 1 to 10' },
        { path: 'db.host', message: 'must be text' },
      ]),
    },
  })
})

test('names every field at fault at once', async () => {
  const body = { ...newPartner, priority: 0, db: { ...db, port: 0, host: '' }, ssh: { ...ssh, port: 0 } }
  const { status, paths } = await refusalOf(await site.request('', { body }))
  expect([status, paths.sort()]).toEqual([422, ['db.host', 'db.port', 'priority', 'ssh.port']])
})

describe('in a new partner', () => {
  test.each([
    ['partnerName', { partnerName: undefined }],
    ['db', { db: undefined }],
    ['db.host', { db: { ...db, host: undefined } }],
    ['db.type', { db: { ...db, type: 'postgres' } }],
    ['ssh.host', { ssh: { ...ssh, host: undefined } }],
    ['ssh.username', { ssh: { ...ssh, username: undefined } }],
    ['ssh.privateKey', { ssh: { ...ssh, password: undefined } }],
    ['ssh.privateKey', { ssh: { ...ssh, privateKey: 'both' } }],
    ['ssh.passphrase', { ssh: { ...ssh, passphrase: 'without a key' } }],
    ['ssh.trustOnFirstUse', { ssh: { ...ssh, trustOnFirstUse: true } }],
  ])('names %s when it is missing or at odds with another field: %j', async (path, changes) => {
    expect(await refusalOf(await site.request('', { body: { ...newPartner, ...changes } }))).toMatchObject({ status: 422, paths: [path] })
  })
})

test.each([
  ['favouriteColour', { favouriteColour: 'blue' }],
  ['id', { id: 'mine' }],
  ['db.hasPassword', { db: { hasPassword: true } }],
  ['ssh.hostKey', { ssh: { hostKey: { type: 'ssh-rsa', sha256: 'x' } } }],
])('refuses the unknown field %s by name', async (path, fields) => {
  for (const response of [await site.request('', { body: merged(fields) }), await site.patch(id, { version: 1, ...fields })])
    expect(await refusalOf(response)).toMatchObject({ status: 422, paths: [path] })
})

test('refuses a change without the version that was read', async () => {
  expect(await refusalOf(await site.patch(id, { priority: 5 }))).toMatchObject({ status: 422, paths: ['version'] })
})

test.each([
  ['POST', ''],
  ['PATCH', '/:id'],
  ['POST', '/import'],
])('answers 400 to malformed JSON: %s %s', async (method, path) => {
  const response = await site.request(path.replace(':id', id), { method, text: '{"partnerName": "Ac' })
  expect(await refusalOf(response)).toMatchObject({ status: 400, code: 'bad_request' })
})

test('saved nothing of all that was refused', async () => {
  expect(await site.list()).toMatchObject([{ partnerName: 'The one that exists', version: 1 }])
})
