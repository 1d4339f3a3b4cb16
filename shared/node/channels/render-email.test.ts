import { expect, test } from 'vitest'
import { aMessage, aNotice } from './channels-under-test.ts'
import { renderEmail } from './render-email.ts'

test('says the same in plain text and in HTML', () => {
  const { subject, text, html } = renderEmail(
    aMessage(aNotice({ note: 'looking' }), aNotice({ partnerName: 'Bolt', level: 'HIGH' })),
    'JobTalk',
  )
  expect(subject).toBe('2 alerts: 1 CRITICAL, 1 HIGH (Acme, Bolt)')
  for (const part of ['[CRITICAL] Acme: 250 calls wait', '[HIGH] Bolt: 250 calls wait', 'Note: looking', 'JobTalk']) {
    expect(text).toContain(part)
    expect(html).toContain(part)
  }
})

test('lets no text become HTML', () => {
  const evil = `<img src=x onerror="a()">&'`
  const { html } = renderEmail(aMessage(aNotice({ partnerName: evil, message: evil, ruleId: evil, note: evil })), evil)
  expect(html).not.toContain('<img')
  expect(html.match(/&lt;img src=x onerror=&quot;a\(\)&quot;&gt;&amp;&#39;/g)).toHaveLength(5)
})

test('keeps the subject short', () => {
  expect(renderEmail(aMessage(aNotice({ message: 'x'.repeat(5000) })), 'JobTalk').subject).toHaveLength(200)
})
