import { render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { expect, test } from 'vitest'
import { AlertAnnouncer } from './alert-announcer.tsx'
import type { FiringAlert, Fleet } from './fleet.ts'

const openedAt = '2026-03-02T14:00:00.000Z'
const alert = (id: string, more: Partial<FiringAlert> = {}): FiringAlert => ({
  id,
  partnerId: 'p',
  partnerName: `Partner ${id}`,
  ruleId: 'queue',
  level: 'HIGH',
  message: 'Calls wait',
  firedAt: '2026-03-02T14:05:00.000Z',
  acknowledged: null,
  dismissed: null,
  inhibitedBy: null,
  maintenance: null,
  ...more,
})
const overview = { lastUpdated: openedAt } as NonNullable<Fleet['overview']>

const announce = (...atFirst: FiringAlert[]) => {
  const [firing, setFiring] = createSignal({ count: 0, alerts: atFirst })
  const { container } = render(() => <AlertAnnouncer fleet={{ overview, firing: firing() }} />)
  const region = container.querySelector('[aria-live="polite"]')
  return { text: () => region?.textContent, fire: (...alerts: FiringAlert[]) => setFiring({ count: alerts.length, alerts }) }
}

test('announces an alert that starts to fire, once, and none that fired before', () => {
  const old = alert('0', { firedAt: '2026-03-02T13:00:00.000Z' })
  const { text, fire } = announce(old)
  expect(text()).toBe('')
  fire(old, alert('1', { level: 'CRITICAL' }))
  expect(text()).toBe('Critical alert for Partner 1: Calls wait')
  fire(alert('2'), alert('1'), old)
  expect(text()).toBe('High alert for Partner 2: Calls wait')
})

test('announces only the first ones when many start at once, and how many more', () => {
  const { text, fire } = announce()
  fire(...['1', '2', '3', '4', '5'].map((id) => alert(id)))
  expect(text()).toMatch(/^High alert for Partner 1: .*Partner 3: Calls wait\. 2 more alerts$/)
})

test('keeps quiet about what is dismissed or explained by another alert', () => {
  const { text, fire } = announce()
  fire(
    alert('1', { inhibitedBy: '9' }),
    alert('2', { dismissed: { at: openedAt, by: 'admin', reason: 'known', until: '2999-01-01T00:00:00.000Z' } }),
  )
  expect(text()).toBe('')
})
