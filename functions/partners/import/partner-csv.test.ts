import { afterEach, beforeEach, expect, test } from 'vitest'
import { secretContext } from '../../../shared/partner/partner-target.ts'
import { hostKeySha256, openPartners, type PartnersUnderTest, refusalOf } from '../partners-under-test.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const importCsv = (text: string) => site.request('/import', { text, type: 'text/csv' })

const header = 'partnerName,db.host,db.name,db.username,db.password'
const line = (name: string) => `${name},10.0.0.5,acme,reader,db-secret-1`

test('takes CSV with the columns that it has, in any order, and defaults for the rest', async () => {
  const text = `db.host,ssh.hostKeySha256,ssh.password,ssh.username,ssh.host,isActive,priority,partnerName,db.name,db.username\r\n10.0.0.5,${hostKeySha256},ssh-secret-1,ops,acme.example,FALSE,9,Acme,acme,reader\r\n`
  expect((await importCsv(text)).status).toBe(200)
  expect(await site.list()).toMatchObject([
    { partnerName: 'Acme', isActive: false, priority: 9, tenantId: 0, db: { hasPassword: false }, ssh: { enabled: true, port: 22 } },
  ])
})

test.each([
  ['a byte order mark', `\uFEFF${header}\n${line('Acme')}`],
  ['empty lines', `${header}\n\n${line('Acme')}\n\n`],
  ['quoted cells over several lines', `${header}\n"Ac\nme",10.0.0.5,acme,reader,"db,""secret"\n`],
])('takes CSV with %s', async (_, text) => {
  expect((await importCsv(text)).status).toBe(200)
  expect(await site.list()).toMatchObject([{ db: { host: '10.0.0.5', hasPassword: true }, ssh: { enabled: false } }])
})

test.each(['colour', 'id', 'toString', '__proto__', 'db.colour'])('names the unknown CSV column %s', async (column) => {
  const response = await importCsv(`${header},${column}\n${line('Acme')},red\n`)
  expect(response.status).toBe(422)
  expect(await response.text()).toContain(column)
  expect(await site.list()).toEqual([])
})

test('names the row and field of a CSV cell at fault', async () => {
  const text = `${header},priority,isActive\n${line('Acme')},4,true\n${line('')},high,maybe\n`
  const { status, paths } = await refusalOf(await importCsv(text))
  expect([status, paths.sort()]).toEqual([422, ['2.isActive', '2.partnerName', '2.priority']])
})

test.each([
  ['a cell that is not closed', `${header}\n"Acme,10.0.0.5`],
  ['a row that is too long', `${header}\n${line('Acme')},more`],
  ['a row that is too short', `${header}\nAcme`],
  ['nothing', ''],
  ['a header alone', header],
])('is refused as CSV: %s', async (_, text) => {
  expect(await refusalOf(await importCsv(text))).toMatchObject({ status: 422, code: 'invalid' })
})

test('marks what a spreadsheet would take for a formula', async () => {
  for (const partnerName of ['=1+1', '-x', '+y', '@z']) await site.create({ partnerName })
  const csv = await (await site.request('/export?format=csv')).text()
  expect(csv).toMatch(/^'=1\+1,/m)
  expect(csv).not.toMatch(/(^|,)"?[=+@-]/m)
})

test('puts a cell with a line break of any kind between quotes', async () => {
  for (const partnerName of ['line\nfeed', 'carriage\rreturn']) await site.create({ partnerName })
  const csv = await (await site.request('/export?format=csv')).text()
  expect(csv).toContain('"line\nfeed",')
  expect(csv).toContain('"carriage\rreturn",')
})

test('takes a secret as it stands, also one that looks like a marked formula', async () => {
  expect((await importCsv(`${header}\nAcme,10.0.0.5,acme,reader,'=secret-1\n`)).status).toBe(200)
  const [{ id } = { id: '' }] = await site.list()
  const sealed = (await site.stored(id))?.db.password ?? ''
  expect(site.sealer.open(sealed, secretContext(id, 'db.password'))).toBe("'=secret-1")
})
