import { expect, test } from 'vitest'
import { aMessage, aNotice } from './channels-under-test.ts'
import { detailsOf, shorten, summaryOf } from './describe-notice.ts'

const resolvedAt = new Date('2026-03-01T12:30:00Z')

test.each([
  ['fired', '[CRITICAL] Acme: 250 calls wait'],
  ['repeated', 'Still firing: [CRITICAL] Acme: 250 calls wait'],
  ['escalated', 'Escalated: [CRITICAL] Acme: 250 calls wait'],
  ['acknowledged', 'Acknowledged: [CRITICAL] Acme: 250 calls wait'],
  ['resolved', 'Resolved: [CRITICAL] Acme: 250 calls wait'],
  ['fired-and-resolved', 'Fired and resolved: [CRITICAL] Acme: 250 calls wait'],
] as const)('says what %s means, the level, the partner and what', (kind, summary) => {
  expect(summaryOf(aMessage(aNotice({ kind, message: '250 calls wait' })))).toBe(summary)
})

test('names the fleet where an alert has no partner', () => {
  expect(summaryOf(aMessage(aNotice({ partnerId: null, partnerName: null, message: 'half of it fails' })))).toBe(
    '[CRITICAL] The fleet: half of it fails',
  )
})

test('counts several alerts by level, those that are over apart, and names three partners', () => {
  const message = aMessage(
    aNotice({ partnerName: 'Acme' }),
    aNotice({ partnerName: 'Acme', level: 'HIGH', kind: 'repeated' }),
    aNotice({ partnerName: 'Bolt', level: 'HIGH', kind: 'resolved', resolvedAt }),
    aNotice({ partnerName: 'Core', kind: 'fired-and-resolved', resolvedAt }),
    aNotice({ partnerName: 'Dyn' }),
  )
  expect(summaryOf(message)).toBe('5 alerts: 2 CRITICAL, 1 HIGH, 2 resolved (Acme, Bolt, Core, 1 more)')
})

test('keeps a summary on one line whatever a name holds', () => {
  const summary = summaryOf(aMessage(aNotice({ partnerName: 'Acme\r\nBcc: x@evil.example\u2028\u0000', message: 'a\tb' })))
  expect(summary).toBe('[CRITICAL] Acme Bcc: x@evil.example : a b')
})

test('isolates names that would mix up the line', () => {
  const hebrew = aNotice({ partnerName: 'חברה (2)', message: '250 calls wait' })
  expect(summaryOf(aMessage(hebrew))).toBe('[CRITICAL] \u2068חברה (2)\u2069: 250 calls wait')
  const override = aNotice({ partnerName: '\u202EAcme', kind: 'resolved', resolvedAt })
  expect(summaryOf(aMessage(hebrew, override))).toBe('2 alerts: 1 CRITICAL, 1 resolved (\u2068חברה (2)\u2069, \u2068\u202EAcme\u2069)')
})

test('tells times in UTC, the end and the note where there are any', () => {
  expect(detailsOf(aNotice({ kind: 'resolved', resolvedAt, note: 'looking' }))).toEqual([
    ['Rule', 'queue-high-utilization-low'],
    ['Fired', '2026-03-01 12:00:00 UTC'],
    ['Resolved', '2026-03-01 12:30:00 UTC'],
    ['Note', 'looking'],
  ])
  expect(detailsOf(aNotice()).map(([label]) => label)).toEqual(['Rule', 'Fired'])
})

test('cuts to a limit and never through a character', () => {
  expect(shorten('abcdef', 6)).toBe('abcdef')
  expect(shorten('abcdefg', 6)).toBe('abcde…')
  expect(shorten('abcd😀fg', 6)).toBe('abcd…')
})
