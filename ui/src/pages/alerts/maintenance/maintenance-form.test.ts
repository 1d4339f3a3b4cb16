import { expect, test } from 'vitest'
import { NewMaintenance } from '../../../../../functions/alerts/maintenance/schema.ts'
import { maintenanceValues, newMaintenanceValues, nextTimes, toMaintenance } from './maintenance-form.ts'

const newYork = 'America/New_York'
const now = Date.parse('2026-03-07T12:00:00Z')
const blank = { ...newMaintenanceValues(now, newYork), name: 'Move' }
const problems = (values: typeof blank) =>
  NewMaintenance.safeParse(toMaintenance(values)).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []

test('what opens once is sent as the moments that its zone means, over a change of clocks', () => {
  const window = { ...blank, from: '2026-03-08T01:00', to: '2026-03-08T04:00' }
  expect(toMaintenance(window).schedule).toEqual({ type: 'once', from: '2026-03-08T06:00:00.000Z', to: '2026-03-08T08:00:00.000Z' })
  expect(toMaintenance({ ...window, zone: 'UTC' }).schedule).toMatchObject({ from: '2026-03-08T01:00:00.000Z' })
})

test('what recurs is sent with its expression, zone and duration only', () => {
  const window = { ...blank, type: 'recurring' as const, cron: '30 2 * * 1-5', durationMinutes: '45', partnerIds: ['acme'] }
  expect(toMaintenance(window)).toEqual({
    name: 'Move',
    partnerIds: ['acme'],
    schedule: { type: 'recurring', cron: '30 2 * * 1-5', timezone: newYork, durationMinutes: 45 },
  })
})

test('a window that is there goes through the form unchanged', () => {
  const common = {
    id: 'w',
    name: 'Backup',
    partnerIds: null,
    isOpen: false,
    next: null,
    createdBy: 'Ada',
    createdAt: '2026-03-01T00:00:00.000Z',
  }
  const once = { type: 'once', from: '2026-03-08T06:00:00.000Z', to: '2026-03-08T08:00:00.000Z' } as const
  const recurring = { type: 'recurring', cron: '0 9 * * *', timezone: 'Asia/Kolkata', durationMinutes: 60 } as const
  for (const schedule of [once, recurring])
    expect(toMaintenance(maintenanceValues({ ...common, schedule }, now, newYork))).toEqual({ name: 'Backup', partnerIds: null, schedule })
})

test('what is missing or not valid is refused at its field', () => {
  expect(problems({ ...blank, from: '' })[0]).toContain('schedule.from must be a date and time')
  expect(problems({ ...blank, to: blank.from })).toEqual(['schedule.to must be after from'])
  expect(problems({ ...blank, type: 'recurring', cron: 'nightly' })[0]).toMatch(/^schedule\.cron /)
  expect(problems({ ...blank, type: 'recurring', durationMinutes: '' })[0]).toMatch(/^schedule\.durationMinutes /)
})

test('shows the next times before it is saved or has a name, and none for what is not valid', () => {
  const nightly = { ...blank, name: '', type: 'recurring' as const, cron: '0 3 * * *', durationMinutes: '60' }
  expect(nextTimes(nightly, now, 2).map(({ from }) => from.toISOString())).toEqual(['2026-03-08T07:00:00.000Z', '2026-03-09T07:00:00.000Z'])
  expect(nextTimes({ ...nightly, cron: 'nightly' }, now, 2)).toEqual([])
})
