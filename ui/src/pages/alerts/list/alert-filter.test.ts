import { expect, test } from 'vitest'
import { toAlertQuery } from './alert-filter.ts'

const now = Date.parse('2026-03-08T12:00:00Z')
const newYork = 'America/New_York'

test('a span ends now', () => {
  expect(toAlertQuery({ fired: '24h' }, now, newYork)).toEqual({ from: '2026-03-07T12:00:00.000Z' })
})

test('the ends of a range are meant in the zone that is shown', () => {
  const range = { fired: 'between', from: '2026-03-07T00:00', to: '2026-03-08T12:00' }
  expect(toAlertQuery(range, now, newYork)).toEqual({ from: '2026-03-07T05:00:00.000Z', to: '2026-03-08T16:00:00.000Z' })
  expect(toAlertQuery(range, now, 'UTC')).toEqual({ from: '2026-03-07T00:00:00.000Z', to: '2026-03-08T12:00:00.000Z' })
})

test('a range may be open on one side, and counts only where it is asked for', () => {
  expect(toAlertQuery({ fired: 'between', to: '2026-03-08T12:00' }, now, 'UTC')).toEqual({ to: '2026-03-08T12:00:00.000Z' })
  expect(toAlertQuery({ from: '2026-03-07T00:00' }, now, 'UTC')).toEqual({})
})

test('level and partner are passed on; what is not understood filters nothing', () => {
  expect(toAlertQuery({ level: 'HIGH', partner: 'p1' }, now, newYork)).toEqual({ level: 'HIGH', partnerId: 'p1' })
  expect(toAlertQuery({ level: 'LOUD', fired: 'constructor' }, now, newYork)).toEqual({})
})
