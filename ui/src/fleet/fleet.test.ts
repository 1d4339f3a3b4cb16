import { expect, test } from 'vitest'
import { fleetWith, partnerRow } from '../pages/dashboard/dashboard-under-test.ts'
import { applyChange, type FiringAlert, isHeld } from './fleet.ts'

const at = '2026-03-02T14:00:00.000Z'
const alert = (id: string, level: FiringAlert['level'], firedAt: string, more: Partial<FiringAlert> = {}): FiringAlert => ({
  id,
  partnerId: 'a',
  partnerName: 'A',
  ruleId: 'queue',
  level,
  message: 'Calls wait',
  firedAt,
  acknowledged: null,
  dismissed: null,
  inhibitedBy: null,
  maintenance: null,
  ...more,
})

test('a change replaces the rows that it names and leaves the others as they are, in their places', () => {
  const before = fleetWith([partnerRow('a'), partnerRow('b'), partnerRow('c')])
  const after = applyChange(before, { at, partners: [partnerRow('b', { queue: 7 })], removed: [] })
  expect(after.ids).toBe(before.ids)
  expect(after.rows['a']).toBe(before.rows['a'])
  expect(after.rows['b']?.snapshot?.queuedCalls).toBe(7)
  expect(before.rows['b']?.snapshot?.queuedCalls).toBe(0)
})

test('new partners come last, removed ones leave', () => {
  const after = applyChange(fleetWith([partnerRow('a'), partnerRow('b')]), { at, partners: [partnerRow('0')], removed: ['a'] })
  expect(after.ids).toEqual(['b', '0'])
  expect(after.rows['a']).toBeUndefined()
})

test('alerts are inserted and replaced by id, removed, and stay the most severe first, then the newest', () => {
  const before = fleetWith([], [alert('1', 'HIGH', '2026-03-02T13:00:00.000Z'), alert('2', 'HIGH', '2026-03-02T12:00:00.000Z')])
  const firing = { count: 3, removed: ['2'], alerts: [alert('3', 'HIGH', '2026-03-02T13:30:00.000Z'), alert('4', 'CRITICAL', at)] }
  const after = applyChange(before, { at, partners: [], removed: [], firing })
  expect(after.firing?.count).toBe(3)
  expect(after.firing?.alerts.map(({ id }) => id)).toEqual(['4', '3', '1'])
})

test('what a change leaves out is as it was', () => {
  const before = fleetWith([partnerRow('a')])
  expect(applyChange(before, { at, partners: [], removed: [] })).toEqual(before)
})

test('a dismissal holds until its time, an explanation and a maintenance as long as they are there', () => {
  const dismissed = { at, by: 'admin', reason: 'known', until: '2026-03-02T15:00:00.000Z' }
  const until = Date.parse(dismissed.until)
  expect([until - 1, until].map((now) => isHeld(alert('1', 'HIGH', at, { dismissed }), now))).toEqual([true, false])
  expect(isHeld(alert('1', 'HIGH', at, { inhibitedBy: '2' }), until)).toBe(true)
  expect(isHeld(alert('1', 'HIGH', at, { maintenance: { name: 'Move of a rack', until: at } }), until)).toBe(true)
})
