import { expect, test } from './product.ts'

test('a changed host key is refused, shown beside the old one, and trusted only on purpose', async ({ adminPage: page, product }) => {
  const partner = await product.startPartner('Acme Talent')
  const { id } = await product.api<{ id: string }>('POST /api/partners', partner.creation)
  await product.api('POST /api/snapshots/capture', { partnerIds: [id] })
  const trusted = partner.ssh.hostKeySha256
  partner.changeHostKey()
  await page.goto(`/partners/${id}`)
  await page.getByRole('button', { name: 'Capture now' }).click()

  const warning = page.getByRole('region', { name: /Warning: 127\.0\.0\.1:\d+ has a new host key/ })
  await expect(warning).toBeVisible()
  await expect(warning.getByText(trusted)).toBeVisible()
  await expect(warning.getByText(partner.ssh.hostKeySha256)).toBeVisible()
  await expect(warning.getByText(/by admin/)).toBeVisible()
  const trust = warning.getByRole('button', { name: 'Trust the new key' })
  await expect(trust).toBeDisabled()
  await warning.getByRole('checkbox', { name: /I compared the new fingerprint/ }).check()
  await trust.click()

  await expect(warning).toBeHidden()
  await page.getByRole('button', { name: 'Probe now' }).click()
  await expect(page.getByText('Connected, and the database answered.')).toBeVisible()
})

test('a key that nobody trusted yet waits on the partner’s page', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  const { hostKeySha256, ...ssh } = creation.ssh
  const { id } = await product.api<{ id: string }>('POST /api/partners', { ...creation, ssh })
  await page.goto(`/partners/${id}`)
  await page.getByRole('button', { name: 'Probe now' }).click()
  const question = page.getByRole('region', { name: /Is this the key of/ })
  await expect(question.getByText(hostKeySha256)).toBeVisible()
  await question.getByRole('button', { name: /trust this key/ }).click()
  await expect(question).toBeHidden()
  await expect(page.getByRole('region', { name: 'Current numbers' }).getByText('Running campaigns')).toBeVisible()
})
