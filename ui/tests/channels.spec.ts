import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './product.ts'

/** A receiver of webhooks that answers with a code of the test's choice. */
const startReceiver = async () => {
  let code = 204
  const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(code).end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    answer: (next: number) => {
      code = next
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

test('a channel is created, tested with its answer shown, refused, repaired, and its dead delivery sent again', async ({
  adminPage: page,
  product,
}) => {
  test.setTimeout(120_000)
  const receiver = await startReceiver()
  await page.goto('/alerts/channels')
  await page.getByRole('button', { name: 'New channel' }).click()
  const dialog = page.getByRole('dialog', { name: 'New channel' })
  await dialog.getByLabel('Name').fill('On call')
  await dialog.getByRole('button', { name: /Type/ }).click()
  await page.getByRole('option', { name: 'Webhook' }).click()
  await dialog.getByLabel('URL').fill(receiver.url)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog.getByText(/must have at least 16 characters/)).toBeVisible()
  await dialog.getByLabel('Secret that signs the messages').fill('sixteen letters!')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog).toHaveCount(0)

  const row = page.getByRole('row', { name: /On call/ })
  await row.getByRole('button', { name: 'Test On call' }).click()
  await expect(row.getByRole('status')).toContainText('Answered 204')
  receiver.answer(410)
  await row.getByRole('button', { name: 'Test On call' }).click()
  await expect(row.getByRole('status')).toContainText('Failed: 410')

  const partner = await product.startPartner('Summit Logistics', 'overloaded')
  await product.api('POST /api/partners', partner.creation)
  await product.api('POST /api/snapshots/capture', {})
  await page.getByRole('tab', { name: 'Deliveries' }).click()
  const delivery = page.getByRole('row', { name: /Summit Logistics/ })
  await expect(delivery).toContainText('Dead')
  await expect(delivery).toContainText('last answer: 410')
  await page.getByRole('tab', { name: 'Channels' }).click()
  await expect(row).toContainText('Refused')

  receiver.answer(204)
  await row.getByRole('link', { name: 'Dead deliveries' }).click()
  await delivery.getByRole('button', { name: 'Send again' }).click()
  await expect(page.getByText('No dead deliveries')).toBeVisible()
  await page.getByRole('link', { name: 'Alerts' }).first().click()
  await page.getByRole('tab', { name: 'Deliveries' }).click()
  // A channel gets at most one message in 30 seconds.
  await expect(delivery).toContainText('Sent', { timeout: 45_000 })
  await receiver.close()
})

test('a channel keeps its secret through a change, and is deleted after a question', async ({ adminPage: page, product }) => {
  const config = { url: 'https://receiver.example/hook', secret: 'sixteen letters!' }
  await product.api('POST /api/alerts/channels', { name: 'Hook', type: 'webhook', config })
  await page.goto('/alerts/channels')
  await page.getByRole('button', { name: 'Edit Hook' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Hook' })
  await expect(dialog.getByLabel('Secret that signs the messages')).toHaveValue('')
  await dialog.getByLabel('Medium').check()
  await dialog.getByLabel('Only for escalation').check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('row', { name: /Hook/ })
  await expect(row).toContainText('Medium')
  await expect(row).toContainText('Escalation')
  expect(await product.api('GET /api/alerts/channels')).toMatchObject([{ name: 'Hook', config: { url: config.url, hasSecret: true } }])

  await page.getByRole('button', { name: 'Delete Hook' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Nobody is notified yet')).toBeVisible()
})
