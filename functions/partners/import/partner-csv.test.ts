import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretContext } from '../../../shared/partner/partner-target.ts'
import { hostKeySha256, openPartners, type PartnersUnderTest, refusalOf } from '../partners-under-test.ts'
import { NewPartner } from '../schema.ts'
import { formatPartnerCsv, readPartnerCsv } from './partner-csv.ts'
import { readPieces } from './read-pieces.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const importCsv = (text: string | Uint8Array<ArrayBuffer>) => site.request('/import', { text, type: 'text/csv' })

const exportedRow = {
  ...{ partnerName: 'Acme', tenantId: 0, timezone: 'UTC', isActive: true, priority: 4, concurrencyLimit: 10, maxConcurrency: 50 },
  pauseNonPriorityCampaigns: false,
  db: { type: 'mysql' as const, host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader' },
  ssh: { enabled: true, host: 'acme.example', port: 22, username: 'ops', hostKeySha256 },
}
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
  ['semicolons', `${header}\n${line('Acme')}`.replaceAll(',', ';')],
  ['tabs', `${header}\n${line('Acme')}`.replaceAll(',', '\t')],
  ['a line that names its separator', `sep=;\r\n${`${header}\r\n${line('Acme')}`.replaceAll(',', ';')}`],
  ['empty columns at the end', `${header},,\n${line('Acme')},,\n`],
  ['empty cells beyond the header', `${header}\n${line('Acme')}, ,\n`],
  ['rows of empty cells', `${header}\n,,,,\n${line('Acme')}\n${', , ,,\n'.repeat(2_000)}`],
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
  ['a column that is there twice', `${header},db.host\n${line('Acme')},10.0.0.6`],
  ['a separator that it does not know', `sep=|\n${header}\n${line('Acme')}`],
  ['nothing', ''],
  ['a header alone', header],
])('is refused as CSV: %s', async (_, text) => {
  expect(await refusalOf(await importCsv(text))).toMatchObject({ status: 422, code: 'invalid' })
})

test('reads what comes after a thousand rows of empty cells', async () => {
  await importCsv(`${header}\n${line('Acme')}\n${',,,,\n'.repeat(1_500)}${line('Globex')}\n`)
  expect((await site.list()).map(({ partnerName }) => partnerName)).toEqual(['Acme', 'Globex'])
})

test('takes the UTF-16 with tabs that spreadsheets call Unicode text', async () => {
  const text = `\uFEFF${header}\r\n${line('Zoë 漢字')}\r\n`.replaceAll(',', '\t')
  expect((await importCsv(new Uint8Array(Buffer.from(text, 'utf16le')))).status).toBe(200)
  expect(await site.list()).toMatchObject([{ partnerName: 'Zoë 漢字' }])
})

describe('refuses Windows-1252 with the row and column of the first byte at fault', () => {
  const good = `${header}\n${line('Acme')}\n`
  test.each([
    ['in a name', `${good}Zoë,10.0.0.6,zoe,reader,secret\n`, '2.partnerName'],
    ['in a password', `${good}\n , ,,,\nZoe,10.0.0.6,zoe,reader,"a,ë"\n`, '2.db.password'],
    ['at the start of a cell', `${good}Zoe,10.0.0.6,,ünal,x\n`, '2.db.username'],
    ['far in', `${good.trimEnd()}${`\n${line('x'.repeat(190))}`.repeat(200)}\nZoe,ë`, '202.db.host'],
  ])('%s', async (_, text, path) => {
    const response = await importCsv(new Uint8Array(Buffer.from(text, 'latin1')))
    expect(await response.clone().text()).toContain('is not UTF-8')
    expect(await refusalOf(response)).toMatchObject({ status: 422, paths: [path] })
    expect(await site.list()).toEqual([])
  })

  test('in the header', async () => {
    const response = await importCsv(new Uint8Array(Buffer.from(`partnerName,größe\n${line('Acme')}`, 'latin1')))
    expect(await response.text()).toContain('the header, column 2 is not UTF-8')
  })

  test('as a row of JSON', async () => {
    const text = new Uint8Array(Buffer.from('[{"partnerName":"Acme"},{"partnerName":"Zoë"}]', 'latin1'))
    expect(await refusalOf(await site.request('/import', { text }))).toMatchObject({ status: 422, paths: ['2'] })
  })
})

test('begins an export with a byte order mark, by which spreadsheets know UTF-8', async () => {
  await site.create({ partnerName: 'Zoë' })
  const bytes = new Uint8Array(await (await site.request('/export?format=csv')).arrayBuffer())
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
})

test('takes an export back unchanged, whatever its names hold', async () => {
  const signs = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', "'", '"', ',', ';', '\uFF1D', '\u202E', '\uFEFF', 'a', 'é', '🚀', ' ')
  const name = fc.oneof(fc.string({ unit: signs, minLength: 1, maxLength: 8 }), fc.string({ unit: 'grapheme', minLength: 1 }))
  const names = fc.array(
    name.filter((text) => NewPartner.shape.partnerName.safeParse(text).data === text),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(names, async (partnerNames) => {
      const exported = partnerNames.map((partnerName) => ({
        ...exportedRow,
        partnerName,
        db: { ...exportedRow.db, username: partnerName },
      }))
      const rows: unknown[] = []
      const body = new Response(formatPartnerCsv(exported)).body
      for await (const row of readPartnerCsv(readPieces(body))) rows.push(row)
      expect(rows).toEqual(exported)
    }),
  )
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
