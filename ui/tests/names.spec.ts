import type { Locator } from '@playwright/test'
import { expect, test } from './product.ts'

/** How far to the right the first and the last character of `part` lie in what is drawn of the element's text. */
const placeOf = (element: Locator, part: string) =>
  element.evaluate((node, searched) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
    const letters: { text: string; left: number }[] = []
    for (let text = walker.nextNode(); text; text = walker.nextNode())
      for (let at = 0; at < (text.textContent ?? '').length; at += 1) {
        const range = document.createRange()
        range.setStart(text, at)
        range.setEnd(text, at + 1)
        letters.push({ text: text.textContent?.[at] ?? '', left: range.getBoundingClientRect().left })
      }
    const whole = letters.map(({ text }) => text).join('')
    const start = whole.lastIndexOf(searched)
    return { first: letters[start]?.left ?? Number.NaN, last: letters[start + searched.length - 1]?.left ?? Number.NaN }
  }, part)

for (const [what, partnerName] of [
  ['a Hebrew name', 'חברה 12'],
  ['an override', '\u202EAcme'],
  ['what ends an isolate, and an override', 'Acme\u2069\u202E 12'],
] as const)
  test(`${what} leaves the line around it as it is`, async ({ adminPage: page, product }) => {
    const { creation } = await product.startPartner('Acme Talent')
    const { id } = await product.api<{ id: string }>('POST /api/partners', { ...creation, partnerName })
    await page.goto(`/partners/${id}`)
    await page.getByRole('button', { name: /^More for/ }).click()
    await page.getByRole('menuitem', { name: 'Delete …' }).click()
    const dialog = page.getByRole('dialog')
    const label = dialog.getByText(/^Type “/)
    const [before, after] = [await placeOf(label, 'Type “'), await placeOf(label, '” to confirm')]
    expect(before.first).toBeLessThan(before.last)
    expect(before.last).toBeLessThan(after.first)
    expect(after.first).toBeLessThan(after.last)
    await dialog.getByLabel(/^Type “/).fill(partnerName)
    await dialog.getByRole('button', { name: 'Delete the partner' }).click()
    await expect(page.getByText(/was deleted\./)).toBeVisible()
  })
