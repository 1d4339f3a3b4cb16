import { readFile } from 'node:fs/promises'
import { expect, test } from './product.ts'

const header = 'partnerName,timezone,priority,db.host,db.port,db.name,db.username,db.password,ssh.enabled'
const good = [
  header,
  'Acme Talent,UTC,4,10.0.0.5,3306,acme,reader,secret,false',
  'Zenith,Asia/Kolkata,2,10.0.0.6,3306,zenith,reader,secret,false',
]
const bad = [
  header,
  'Acme Talent,UTC,99,10.0.0.5,3306,acme,reader,secret,false',
  'Acme Talent,Mars/Olympus,2,,3306,zenith,reader,secret,false',
]
const fileOf = (lines: string[]) => ({ name: 'partners.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })

test('an import shows what is wrong by row and field, imports nothing, and then all of the mended file', async ({
  adminPage: page,
  product,
}) => {
  await page.goto('/partners/import')
  await page.getByLabel('A file').setInputFiles(fileOf(bad))
  await page.getByRole('button', { name: 'Check' }).click()
  const problems = page.getByRole('region', { name: /3 problems in 2 rows/ })
  for (const [row, text] of [
    ['1 Priority', 'must be a whole number from 1 to 10'],
    ['2 Time zone', 'must be an IANA time zone'],
    ['2 Database host', 'is required'],
  ] as const)
    await expect(problems.getByRole('row', { name: row })).toContainText(text)
  await expect(page.getByRole('button', { name: /Import/ })).toHaveCount(0)
  expect(await product.api('GET /api/partners')).toEqual([])

  await page.getByLabel('A file').setInputFiles(fileOf(good))
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByText('2 partners can be imported.')).toBeVisible()
  await page.getByRole('button', { name: 'Import 2 partners' }).click()
  await expect(page.getByRole('link', { name: 'Zenith' })).toBeVisible()
})

test('a file in another encoding than it should be is refused at the row and field of the first byte at fault', async ({
  adminPage: page,
}) => {
  const lines = [
    header,
    'Acme Talent,UTC,4,10.0.0.5,3306,acme,reader,secret,false',
    'Zenith,UTC,4,10.0.0.5,3306,zenith,reader,gehë1m,false',
  ]
  await page.goto('/partners/import')
  await page.getByLabel('A file').setInputFiles({ ...fileOf(lines), buffer: Buffer.from(lines.join('\n'), 'latin1') })
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('row', { name: '2 Database password' })).toContainText('is not UTF-8')
})

test('what is not read as partners at all says why', async ({ adminPage: page }) => {
  await page.goto('/partners/import')
  await page.getByLabel('Or paste the text').fill('name,colour\nAcme,blue\n')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('alert')).toContainText('Unknown columns: name, colour')
})

test('an export is a file that the import takes, without a secret in it', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  await product.api('POST /api/partners', creation)
  await page.goto('/partners')
  for (const format of ['CSV', 'JSON']) {
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: new RegExp(`As ${format}`) }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe(`partners.${format.toLowerCase()}`)
    const text = await readFile(await file.path(), 'utf8')
    expect(text).toContain('Acme Talent')
    expect(text).not.toContain(creation.ssh.password)
  }
})
