import { expect, type Product, signIn, test } from './product.ts'

/** A partner with more calls than its lines can carry, captured: its alert fires. */
const startOverloaded = async (product: Product) => {
  const partner = await product.startPartner('Summit Logistics', 'overloaded')
  await product.api('POST /api/partners', partner.creation)
  await product.api('POST /api/snapshots/capture', {})
  return {
    /** Takes all waiting calls away, and has it seen. */
    calm: async () => {
      partner.database.exec("DELETE FROM calls WHERE status = 'QUEUED'")
      for (let captures = 0; captures < 2; captures += 1) await product.api('POST /api/snapshots/capture', {})
    },
  }
}

test('an alert is acknowledged, dismissed and resolved, and its page shows who did what and why', async ({ adminPage: page, product }) => {
  const partner = await startOverloaded(product)
  await page.goto('/alerts/firing')
  const row = page.getByRole('row', { name: /Summit Logistics/ })
  await expect(row).toContainText('lines are busy')

  await row.getByRole('button', { name: 'Acknowledge' }).click()
  const acknowledge = page.getByRole('dialog', { name: 'Acknowledge' })
  await acknowledge.getByLabel('Note (optional)').fill('calling them')
  await acknowledge.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(row).toContainText('Acknowledged by admin')

  await row.getByRole('button', { name: 'Dismiss' }).click()
  const dismiss = page.getByRole('dialog', { name: 'Dismiss' })
  await dismiss.getByLabel('4 hours').check()
  await dismiss.getByLabel('Reason').fill('they add lines tonight')
  await dismiss.getByRole('button', { name: 'Dismiss' }).click()
  await expect(row).toContainText(/Dismissed, ends in (4 h|3 h 59 min)/)

  await page.getByRole('tab', { name: 'Dismissed' }).click()
  await page.getByRole('link', { name: /Summit Logistics/ }).click()
  const life = page.getByRole('article')
  await expect(life.getByRole('listitem').filter({ hasText: 'Acknowledged by admin' })).toContainText('calling them')
  await expect(life.getByRole('listitem').filter({ hasText: 'Dismissed by admin' })).toContainText('they add lines tonight')

  await partner.calm()
  await expect(life.getByRole('listitem').last()).toContainText('Resolved')
  await expect(life.getByRole('button', { name: 'Dismiss' })).toHaveCount(0)
  await page.reload()
  await expect(life.getByRole('listitem').last()).toContainText('Resolved')

  await page.getByRole('tab', { name: 'Resolved' }).click()
  await expect(page.getByRole('row', { name: /Summit Logistics/ })).toContainText('lasted')
})

test('a dismissal is ended before its time', async ({ adminPage: page, product }) => {
  await startOverloaded(product)
  const { alerts } = await product.api<{ alerts: { id: string }[] }>('GET /api/alerts?state=firing')
  const until = new Date(Date.now() + 3_600_000).toISOString()
  await product.api(`POST /api/alerts/${alerts[0]?.id}/dismiss`, { until, reason: 'known' })
  await page.goto('/alerts/dismissed')
  await page.getByRole('button', { name: 'End dismissal' }).click()
  await page.getByRole('button', { name: 'End it' }).click()
  await expect(page.getByText('No alerts are dismissed')).toBeVisible()
})

test('the filters of a list are in its address', async ({ adminPage: page, product }) => {
  await startOverloaded(product)
  await page.goto('/alerts/firing')
  await expect(page.getByRole('row', { name: /Summit Logistics/ })).toBeVisible()
  await page.getByRole('button', { name: /Level/ }).click()
  await page.getByRole('option', { name: 'Medium' }).click()
  await expect(page.getByText('No alert matches')).toBeVisible()
  await expect(page).toHaveURL(/level=MEDIUM/)
  await page.reload()
  await expect(page.getByText('No alert matches')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect(page.getByRole('row', { name: /Summit Logistics/ })).toBeVisible()
})

test('a viewer sees alerts, rules, channels and maintenance, and is offered no change of them', async ({ page, product }) => {
  await startOverloaded(product)
  await product.createViewer()
  await signIn(page, product, 'viewer')
  await page.goto('/alerts/firing')
  await expect(page.getByRole('row', { name: /Summit Logistics/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0)
  for (const [tab, seen, action] of [
    ['Rules', 'capacity-exhausted', 'New rule'],
    ['Channels', 'Nobody is notified yet', 'New channel'],
    ['Maintenance', 'No maintenance is planned', 'Plan maintenance'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(page.getByText(seen).first()).toBeVisible()
    await expect(page.getByRole('button', { name: action })).toHaveCount(0)
  }
})

test('a rule is previewed on what was captured before it is saved', async ({ adminPage: page, product }) => {
  await startOverloaded(product)
  await page.goto('/alerts/rules')
  await page.getByRole('button', { name: 'New rule' }).click()
  const dialog = page.getByRole('dialog', { name: 'New rule' })
  await dialog.getByLabel('Id', { exact: true }).fill('calls-wait')
  await dialog.getByLabel('Number of condition 1').fill('5')
  await dialog.getByLabel('Message').fill('{queuedCalls} calls wait')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByText('queued calls > 5')).toBeVisible()

  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByText('2 alerts for 1 partner.')).toBeVisible()
  await page.getByText('As a table').click()
  await expect(page.getByRole('row', { name: /calls-wait/ })).toContainText(/\d+ calls wait/)
  const ruleIds = async () => (await product.api<{ rules: { id: string }[] }>('GET /api/alerts/rules')).rules.map(({ id }) => id)
  expect(await ruleIds()).not.toContain('calls-wait')

  await page.getByRole('tab', { name: 'Channels' }).click()
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('These changes are not saved.')).toHaveCount(0)
  expect(await ruleIds()).toContain('calls-wait')
})

test('maintenance is planned, is open, and is deleted', async ({ adminPage: page }) => {
  await page.goto('/alerts/maintenance')
  await page.getByRole('button', { name: 'Plan maintenance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Plan maintenance' })
  await dialog.getByLabel('Name').fill('Upgrade')
  await dialog.getByLabel('From').fill('2026-01-01T00:00')
  await dialog.getByLabel('To').fill('2099-01-01T00:00')
  await dialog.getByRole('button', { name: 'Plan', exact: true }).click()
  await expect(page.getByRole('row', { name: /Upgrade/ })).toContainText('Open, ends in')
  await page.getByRole('button', { name: 'Delete Upgrade' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No maintenance is planned')).toBeVisible()
})
