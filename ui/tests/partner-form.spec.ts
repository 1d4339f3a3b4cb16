import type { Page } from '@playwright/test'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { startSshd } from '../../deployment/testing/sshd.ts'
import { expect, signIn, test } from './product.ts'

type Creation = {
  partnerName: string
  db: { port: number; name: string; username: string; password: string }
  ssh: { host: string; port: number; username: string; password: string; hostKeySha256: string }
}

const fillIn = async (page: Page, { partnerName, db, ssh }: Creation) => {
  await page.getByLabel('Name', { exact: true }).fill(partnerName)
  const database = page.getByRole('region', { name: 'Database' })
  await database.getByLabel('Port').fill(String(db.port))
  await database.getByLabel('Database', { exact: true }).fill(db.name)
  await database.getByLabel('User').fill(db.username)
  await database.getByLabel('Password').fill(db.password)
  await page.getByLabel('SSH host').fill(ssh.host)
  await page.getByLabel('SSH port').fill(String(ssh.port))
  await page.getByLabel('SSH user').fill(ssh.username)
  await page.getByRole('radio', { name: 'A password', exact: true }).check()
  await page.getByLabel('SSH password').fill(ssh.password)
}

test('the first partner is created through the form: probed, its key compared and trusted, its first numbers seen', async ({
  adminPage: page,
  product,
}) => {
  const { creation } = await product.startPartner('Acme Talent', 'busy')
  await page.goto('/partners')
  await page.getByRole('main').getByText('There are no partners yet').waitFor()
  await page.getByRole('link', { name: 'New partner' }).first().click()
  await fillIn(page, creation)

  const probe = page.getByRole('region', { name: 'Try the connection' })
  await probe.getByRole('button', { name: 'Probe' }).click()
  const question = page.getByRole('region', { name: /Is this the key of/ })
  await expect(question.getByText(creation.ssh.hostKeySha256)).toBeVisible()
  await expect(probe.getByText('The host key is not known yet')).toBeVisible()
  await question.getByRole('button', { name: /trust this key/ }).click()
  await expect(probe.getByText('Connected, and the database answered.')).toBeVisible()
  await expect(probe.getByText('passed', { exact: false })).toHaveCount(6)
  await expect(page.getByLabel('Fingerprint', { exact: true })).toHaveValue(creation.ssh.hostKeySha256)

  await page.getByRole('button', { name: 'Create the partner' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Acme Talent' })).toBeVisible()
  const numbers = page.getByRole('region', { name: 'Current numbers' })
  await expect(numbers.getByText('Running campaigns')).toBeVisible()
  await expect(numbers.getByText(/Captured .* in \d+ ms/)).toBeVisible()
})

test.describe(() => {
  test.skip(!requireParts('sshd', 'ssh-keygen'), 'sshd is not installed')

  test('a partner behind a hop is created through the form: the key of the hop is asked for first, then that of the server', async ({
    adminPage: page,
    product,
  }, info) => {
    const { creation } = await product.startPartner('Acme Talent', 'busy')
    const sshd = await startSshd()
    await page.goto('/partners/new')
    await fillIn(page, creation)
    await page.getByRole('button', { name: 'Add a hop' }).click()
    const hop = page.getByRole('group', { name: 'Hop 1' })
    await hop.getByLabel('SSH host').fill('127.0.0.1')
    await hop.getByLabel('SSH port').fill(String(sshd.port))
    await hop.getByLabel('SSH user').fill(sshd.username)
    await hop.getByLabel('Private key', { exact: true }).fill(sshd.privateKey)

    const probe = page.getByRole('region', { name: 'Try the connection' })
    await probe.getByRole('button', { name: 'Probe' }).click()
    const question = page.getByRole('region', { name: /Is this the key of/ })
    for (const sha256 of [sshd.hostKeySha256(), creation.ssh.hostKeySha256]) {
      await expect(question.getByText(sha256)).toBeVisible()
      await info.attach('form', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
      await question.getByRole('button', { name: /trust this key/ }).click()
    }
    await expect(probe.getByText('Connected, and the database answered.')).toBeVisible()
    await expect(probe.getByText('SSH sign-in (hop 1 of 1: 127.0.0.1)')).toBeVisible()
    await expect(hop.getByLabel('Fingerprint', { exact: true })).toHaveValue(sshd.hostKeySha256())

    await page.getByRole('button', { name: 'Create the partner' }).click()
    await expect(page.getByRole('region', { name: 'Current numbers' }).getByText('Running campaigns')).toBeVisible()
    await sshd.stop()
  })
})

test('a partner that was created without a probe asks for trust in its key as soon as its first capture failed', async ({
  adminPage: page,
  product,
}) => {
  const { creation } = await product.startPartner('Acme Talent')
  await page.goto('/partners/new')
  await fillIn(page, creation)
  await page.getByRole('button', { name: 'Create the partner' }).click()
  const question = page.getByRole('region', { name: /Is this the key of/ })
  await expect(question.getByText(creation.ssh.hostKeySha256)).toBeVisible()
  await question.getByRole('button', { name: /trust this key/ }).click()
  await expect(page.getByRole('region', { name: 'Current numbers' }).getByText('Running campaigns')).toBeVisible()
})

test('what is missing or refused stands at its field, and the focus goes there', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  await product.api('POST /api/partners', creation)
  await page.goto('/partners/new')
  await page.getByRole('button', { name: 'Create the partner' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toBeFocused()
  await expect(page.getByLabel('SSH host')).toHaveAttribute('aria-invalid', 'true')

  await fillIn(page, { ...creation, partnerName: 'ACME talent' })
  await page.getByLabel('Priority', { exact: true }).fill('11')
  await expect(page.getByText('must be a whole number from 1 to 10')).toBeVisible()
  await page.getByLabel('Priority', { exact: true }).fill('5')
  await page.getByRole('button', { name: 'Create the partner' }).click()
  await expect(page.getByText('A partner named ACME talent exists already.')).toBeVisible()
  await expect(name).toBeFocused()
})

test('a change that conflicts with another says so, and is saved on top of it', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  const { id, version } = await product.api<{ id: string; version: number }>('POST /api/partners', creation)
  await page.goto(`/partners/${id}/edit`)
  await page.getByLabel('Priority', { exact: true }).fill('7')
  await product.api(`PATCH /api/partners/${id}`, { version, maxConcurrency: 60 })
  await page.getByRole('button', { name: 'Save', exact: true }).click()

  const notice = page.getByRole('alert').filter({ hasText: 'Somebody else changed this partner' })
  await expect(notice).toContainText('Maximum concurrency: 50 → 60')
  await notice.getByRole('button', { name: 'Continue with their version' }).click()
  await expect(page.getByLabel('Maximum concurrency')).toHaveValue('60')
  await expect(page.getByLabel('Priority', { exact: true })).toHaveValue('7')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Acme Talent' })).toBeVisible()
  expect(await product.api(`GET /api/partners/${id}`)).toMatchObject({ priority: 7, maxConcurrency: 60, db: { hasPassword: true } })
})

test('a stored secret stays when its field is left empty, and is probed with after saving', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  const { id } = await product.api<{ id: string }>('POST /api/partners', creation)
  await page.goto(`/partners/${id}/edit`)
  await expect(page.getByRole('button', { name: 'Probe', exact: true })).toBeDisabled()
  await page.getByLabel('Priority', { exact: true }).fill('9')
  await page.getByRole('button', { name: 'Save and probe' }).click()
  const probe = page.getByRole('region', { name: 'Probe' })
  await expect(probe.getByText('Connected, and the database answered.')).toBeVisible()
})

test('leaving with unsaved changes asks first', async ({ adminPage: page }) => {
  await page.goto('/partners/new')
  await page.getByLabel('Name', { exact: true }).fill('Half done')
  await page.getByRole('button', { name: 'Cancel' }).click()
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Half done')
  await page.getByRole('link', { name: 'Alerts' }).first().click()
  await question.getByRole('button', { name: 'Discard the changes' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible()
})

test('a partner is deleted only once its name was typed', async ({ adminPage: page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  await product.api('POST /api/partners', creation)
  await page.goto('/partners')
  await page.getByRole('button', { name: 'Actions for Acme Talent' }).click()
  await page.getByRole('menuitem', { name: /Delete/ }).click()
  const question = page.getByRole('dialog', { name: 'Delete Acme Talent?' })
  await expect(question.getByRole('button', { name: 'Delete the partner' })).toBeDisabled()
  await question.getByLabel(/Type/).fill('Acme Talent')
  await question.getByRole('button', { name: 'Delete the partner' }).click()
  await expect(page.getByText('There are no partners yet')).toBeVisible()
})

test('a viewer sees partners and is offered none of what changes them', async ({ page, product }) => {
  const { creation } = await product.startPartner('Acme Talent')
  const { id } = await product.api<{ id: string }>('POST /api/partners', creation)
  await product.createViewer()
  await signIn(page, product, 'viewer')
  await page.goto('/partners')
  await expect(page.getByRole('link', { name: 'Acme Talent' })).toBeVisible()
  for (const name of ['New partner', 'Import']) await expect(page.getByRole('link', { name })).toHaveCount(0)
  for (const name of ['Export', 'Actions for Acme Talent']) await expect(page.getByRole('button', { name })).toHaveCount(0)
  await page.goto(`/partners/${id}?tab=connection`)
  await expect(page.getByRole('heading', { name: 'Connection log' })).toBeVisible()
  for (const name of ['Probe now', 'Capture now', 'Clear …']) await expect(page.getByRole('button', { name })).toHaveCount(0)
})
