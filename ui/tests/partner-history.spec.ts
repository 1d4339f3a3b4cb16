import { expect, test } from './product.ts'

test('charts zoom by dragging, say so in the address, and go back to the whole', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent', 'busy')
  const { id } = await product.api<{ id: string }>('POST /api/partners', creation)
  await product.api('POST /api/snapshots/capture', { partnerIds: [id] })
  await page.goto(`/partners/${id}?range=1h`)
  const chart = page.getByRole('region', { name: 'Calls' }).locator('.u-over')
  await expect(chart).toBeVisible()
  const box = await chart.boundingBox()
  if (!box) throw new Error('There is no chart.')
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 4 })
  await page.mouse.up()
  await expect(page).toHaveURL(/from=.*to=/)
  const zoomed = new URL(page.url()).searchParams
  const minutes = (Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '')) / 60_000
  expect(minutes).toBeGreaterThan(22)
  expect(minutes).toBeLessThan(26)

  await page.getByRole('button', { name: 'Earlier' }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('from')).not.toBe(zoomed.get('from'))
  await page.reload()
  await page.getByRole('button', { name: 'Back to the last hour' }).click()
  await expect(page).not.toHaveURL(/from=/)
})

test('a gap is there to be read, with its reason', async ({ adminPage: page, product }) => {
  const partner = await product.startPartner('Acme Talent')
  const { id } = await product.api<{ id: string }>('POST /api/partners', partner.creation)
  const capture = () => product.api('POST /api/snapshots/capture', { partnerIds: [id] })
  await capture()
  await partner.goDown()
  await capture()
  await page.goto(`/partners/${id}?range=1h`)
  await expect(page.getByRole('region', { name: 'The connection was refused' })).toBeVisible()
  await page.getByText(/gaps? in this range/).click()
  await expect(page.getByText(/The connection was refused \(\d+ captures? failed\)/).first()).toBeVisible()
})

test('the connection log shows each attempt with the time of its stages, and is cleared', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  const { id } = await product.api<{ id: string }>('POST /api/partners', { ...creation, isActive: false })
  await page.goto(`/partners/${id}?tab=connection`)
  await page.getByRole('button', { name: 'Probe now' }).click()
  await page.getByRole('group').filter({ hasText: 'Probe' }).first().click()
  const stages = page.getByRole('tabpanel').getByRole('list', { name: 'Stages' })
  await expect(stages.getByRole('listitem')).toHaveCount(6)
  await expect(stages).toContainText('SSH sign-in')

  await page.getByRole('button', { name: 'Clear …' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear the log' }).click()
  await expect(page.getByText('No attempts yet')).toBeVisible()
})
