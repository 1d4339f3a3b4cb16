import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, type Product, signIn, test } from './product.ts'

const screens = [
  ...['/', '/partners', '/partners/new', '/partners/import', '/partners/:id', '/partners/:id/edit'],
  ...['alerts', 'connection', 'configuration'].map((tab) => `/partners/:id?tab=${tab}`),
  ...[
    '/alerts/firing',
    '/alerts/dismissed',
    '/alerts/resolved',
    '/alerts/maintenance',
    '/alerts/rules',
    '/alerts/channels',
    '/alerts/deliveries',
  ],
  ...['/settings/operation', '/settings/users', '/settings/tokens', '/settings/audit', '/settings/password', '/settings/sessions'],
]

const violationsOf = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)

const settle = async (page: Page) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('.animate-pulse')).toHaveCount(0)
}

/** Six partners, captured, one of them down, and an alert that fires. */
const fill = async (product: Product): Promise<string> => {
  const fleet = await product.startFleet()
  await fleet.partners.find(({ name }) => name === 'Bluebird Hiring')?.goDown()
  for (let times = 0; times < 3; times += 1) await product.api('POST /api/snapshots/capture', {})
  const partners = await product.api<{ id: string }[]>('GET /api/partners')
  return partners[0]?.id ?? ''
}

for (const theme of ['light', 'dark'] as const)
  test(`axe and the content security policy find nothing on any screen in the ${theme} theme`, async ({ page, product }) => {
    test.setTimeout(180_000)
    const blocked: string[] = []
    page.on('console', (message) => message.text().includes('Content Security Policy') && blocked.push(message.text()))
    await page.emulateMedia({ colorScheme: theme })
    await page.goto('/')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    expect(await violationsOf(page)).toEqual([])

    const partnerId = await fill(product)
    await signIn(page, product)
    for (const screen of screens) {
      await page.goto(screen.replace(':id', partnerId))
      await settle(page)
      expect.soft(await violationsOf(page), screen).toEqual([])
    }
    await page.keyboard.press('ControlOrMeta+k')
    await expect(page.getByRole('option').first()).toBeVisible()
    expect(await violationsOf(page), 'palette').toEqual([])
    expect(blocked, 'by the content security policy').toEqual([])
  })

test('every screen fits 360 px and text of twice the size without scrolling sideways', async ({ adminPage: page, product }) => {
  test.setTimeout(120_000)
  const partnerId = await fill(product)
  await page.setViewportSize({ width: 360, height: 740 })
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  for (const screen of screens) {
    await page.goto(screen.replace(':id', partnerId))
    await settle(page)
    expect.soft(await overflow(), `${screen} at 360 px`).toBeLessThanOrEqual(0)
  }
  // Twice the text in 1,280 px has the room that normal text has in 640 px.
  await page.setViewportSize({ width: 1_280, height: 900 })
  await page.addInitScript(() => document.documentElement?.style.setProperty('font-size', '200%'))
  for (const screen of screens) {
    await page.goto(screen.replace(':id', partnerId))
    await settle(page)
    expect.soft(await overflow(), `${screen} with large text`).toBeLessThanOrEqual(0)
  }
})
