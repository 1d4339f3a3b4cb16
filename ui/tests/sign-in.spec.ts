import type { Page } from '@playwright/test'
import { expect, test } from './product.ts'

const fillIn = async (page: Page, username: string, password: string) => {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('an admin signs in, goes on where the address said, and signs out in all tabs', async ({ page, product, context }) => {
  await page.goto('/settings/operation')
  await fillIn(page, 'admin', product.adminPassword)
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  const other = await context.newPage()
  await other.goto('/')
  await expect(other.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()

  await page.getByRole('button', { name: /Signed in as admin/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await other.reload()
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible()
})

test('a wrong password says so, and too many of them say how long to wait', async ({ page, product }) => {
  await page.goto('/')
  await fillIn(page, 'admin', 'wrong')
  await expect(page.getByRole('alert')).toHaveText('The username or the password is wrong.')
  for (let failures = 2; failures <= 5; failures += 1)
    await page.request.post(`${product.origin}/api/login`, { data: { username: 'admin', password: 'wrong' } })
  await fillIn(page, 'admin', product.adminPassword)
  await expect(page.getByRole('alert')).toContainText('Too many attempts failed')
  await expect(page.getByRole('alert')).toContainText(/You can try again in \d+ (s|min)/)
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled()
})

test('two tabs renew their session at the same moment, and neither is signed out', async ({ adminPage: page, context }) => {
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await tab.clock.install()
    await tab.goto('/')
    await expect(tab.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  }
  const renewed = context.waitForEvent('response', (response) => response.url().endsWith('/api/login/refresh'))
  await Promise.all([page.clock.fastForward('14:30'), other.clock.fastForward('14:30')])
  expect((await renewed).status()).toBe(200)
  for (const tab of [page, other]) {
    await tab.getByRole('link', { name: 'Partners' }).first().click()
    await expect(tab.getByRole('heading', { level: 1, name: 'Partners' })).toBeVisible()
  }
})

test('a token that the server no longer takes is renewed without the user noticing', async ({ adminPage: page, product }) => {
  await page.goto('/settings/sessions')
  await expect(page.getByText('This session')).toBeVisible()
  await product.restart({ JWT_SECRET: 'another secret of the same length or more' })
  await page.getByRole('link', { name: 'Partners' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'Partners' })).toBeVisible()
  await page.goto('/settings/sessions')
  await expect(page.getByText('This session')).toBeVisible()
})

test('a session that was ended elsewhere says so, and its user goes on where they were', async ({ adminPage: page, product }) => {
  await page.goto('/alerts/firing')
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible()
  await product.api('POST /api/login/password', { currentPassword: product.adminPassword, newPassword: 'a new password for the admin' })
  await page.reload()
  await fillIn(page, 'admin', 'a new password for the admin')
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible()
})
