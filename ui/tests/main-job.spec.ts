import type { Locator, Page } from '@playwright/test'
import { callingDatabase } from '../../deployment/bench/calling-database.ts'
import { startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { startSshd } from '../../deployment/testing/sshd.ts'
import { expect, test } from './product.ts'

const hasParts = requireParts('sshd', 'ssh-keygen', 'mariadbd', 'mariadb-install-db')
const dbPassword = 'plover-5-window'
const mostTabs = 120

const isFocused = (control: Locator) => control.evaluate((element) => element === document.activeElement)

/** Moves on by the Tab key, as somebody without a mouse does. */
const tabTo = async (page: Page, control: Locator) => {
  await expect(control).toBeVisible()
  for (let tabs = 0; tabs < mostTabs; tabs += 1) {
    if (await isFocused(control)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the Tab key does not reach ${control}`)
}

const type = async (page: Page, label: string, text: string, within: Page | Locator = page) => {
  const field = within.getByLabel(label, { exact: true })
  await tabTo(page, field)
  await field.selectText()
  await page.keyboard.insertText(text)
  await expect(field).toHaveValue(text)
}

const press = async (page: Page, control: Locator) => {
  await tabTo(page, control)
  await page.keyboard.press('Enter')
}

test('a newcomer does the main job with the keyboard alone: OpenSSH and MariaDB, first numbers, an alert, its cause, its dismissal', async ({
  page,
  product,
}) => {
  test.skip(!hasParts, 'sshd or MariaDB is not installed')
  test.setTimeout(180_000)
  const [sshd, mariadb] = await Promise.all([startSshd(), startMariadb()])
  try {
    await mariadb.createSchema('acme', dbPassword)
    await mariadb.run(callingDatabase({ campaigns: 100, calls: 30_000 }), 'acme')

    await page.goto('/')
    await type(page, 'Username', 'admin')
    await type(page, 'Password', product.adminPassword)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()

    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await press(page, page.getByRole('main').getByRole('link', { name: 'New partner' }).first())
    const database = page.getByRole('region', { name: 'Database' })
    await type(page, 'Name', 'Acme Talent')
    await type(page, 'Port', String(mariadb.port), database)
    await type(page, 'Database', 'acme', database)
    await type(page, 'User', 'acme', database)
    await type(page, 'Password', dbPassword, database)
    await type(page, 'SSH host', '127.0.0.1')
    await type(page, 'SSH port', String(sshd.port))
    await type(page, 'SSH user', sshd.username)
    await type(page, 'Private key', sshd.privateKey)

    const probe = page.getByRole('region', { name: 'Try the connection' })
    await press(page, probe.getByRole('button', { name: 'Probe' }))
    const question = page.getByRole('region', { name: /Is this the key of/ })
    await expect(question.getByText(sshd.hostKeySha256())).toBeVisible()
    await press(page, question.getByRole('button', { name: /trust this key/ }))
    await expect(probe.getByText('Connected, and the database answered.')).toBeVisible()
    await press(page, page.getByRole('button', { name: 'Create the partner' }))

    await expect(page.getByRole('heading', { level: 1, name: 'Acme Talent' })).toBeVisible()
    const numbers = page.getByRole('region', { name: 'Current numbers' })
    await expect(numbers).toContainText('60 / 40')
    await expect(numbers).toContainText('240')

    await page.keyboard.press('g')
    await page.keyboard.press('d')
    const firing = page.getByRole('region', { name: /Firing now/ })
    const alert = firing.getByRole('listitem').filter({ hasText: 'Acme Talent' })
    await expect(alert).toContainText('All 40 lines are busy and 240 calls wait')
    await press(page, alert.getByRole('link').first())
    await expect(page.getByRole('heading', { level: 1, name: /Acme Talent|Alerts/ })).toBeVisible()

    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('dismiss acme')
    await expect(page.getByRole('option').first()).toContainText('Dismiss: Acme Talent')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /Dismiss/ })
    await type(page, 'Reason', 'A campaign started', dialog)
    await press(page, dialog.getByRole('button', { name: 'Dismiss' }))
    await expect(dialog).toBeHidden()

    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await expect(page.getByText('All firing alerts are held back: dismissed, in maintenance or explained by another alert.')).toBeVisible()
  } finally {
    await Promise.all([sshd.stop(), mariadb.stop()])
  }
})
