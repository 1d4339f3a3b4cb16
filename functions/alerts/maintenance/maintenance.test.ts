import { describe, expect, test } from 'vitest'
import type { MaintenanceWindowDoc } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { coversSubject, cronProblem, isOpenAt, maintenanceAt, upcoming } from './maintenance.ts'

const recurring = (cron: string, timezone: string, durationMinutes: number) => ({
  schedule: { type: 'recurring', cron, timezone, durationMinutes } as const,
})
const openAt = (window: Pick<MaintenanceWindowDoc, 'schedule'>, ...times: string[]) => times.map((time) => isOpenAt(window, new Date(time)))

describe('a maintenance window', () => {
  test('that comes once is open from its start until just before its end', () => {
    const once = { schedule: { type: 'once', from: new Date('2026-03-02T10:00Z'), to: new Date('2026-03-02T11:00Z') } as const }
    expect(openAt(once, '2026-03-02T09:59:59.999Z', '2026-03-02T10:00Z', '2026-03-02T10:59:59.999Z', '2026-03-02T11:00Z')).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  test('that recurs is open for its duration from each time of its expression', () => {
    const nightly = recurring('30 2 * * *', 'UTC', 60)
    const day = (n: number, time: string) => `2026-03-${String(n).padStart(2, '0')}T${time}Z`
    for (const n of [2, 3, 20])
      expect(openAt(nightly, day(n, '02:29:59.999'), day(n, '02:30'), day(n, '03:29:59.999'), day(n, '03:30'))).toEqual([
        false,
        true,
        true,
        false,
      ])
  })

  test('that recurs goes over midnight', () => {
    expect(openAt(recurring('0 23 * * 6', 'UTC', 180), '2026-03-08T01:59Z', '2026-03-08T02:00Z', '2026-03-09T01:00Z')).toEqual([
      true,
      false,
      false,
    ])
  })

  test('that recurs follows its time zone through a change of the clocks', () => {
    const morning = recurring('0 9 * * *', 'America/New_York', 30)
    expect(openAt(morning, '2026-03-07T14:10Z', '2026-03-07T13:10Z', '2026-03-08T13:10Z', '2026-03-08T14:10Z')).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test('tells its next times, the one that is open now first', () => {
    const nightly = recurring('30 2 * * *', 'UTC', 60).schedule
    const times = (at: string) =>
      upcoming(nightly, new Date(at), 2).map(({ from, to }) => [from, to].map((time) => time.toISOString().slice(8, 16)))
    expect(times('2026-03-02T02:00Z')).toEqual([
      ['02T02:30', '02T03:30'],
      ['03T02:30', '03T03:30'],
    ])
    expect(times('2026-03-02T03:00Z')).toEqual(times('2026-03-02T02:00Z'))
    expect(times('2026-03-02T03:30Z')[0]).toEqual(['03T02:30', '03T03:30'])
  })

  test('that comes once is to come until it is over', () => {
    const schedule = { type: 'once', from: new Date('2026-03-02T10:00Z'), to: new Date('2026-03-02T11:00Z') } as const
    const { from, to } = schedule
    expect(['09:00', '10:30', '11:00'].map((time) => upcoming(schedule, new Date(`2026-03-02T${time}Z`), 2))).toEqual([
      [{ from, to }],
      [{ from, to }],
      [],
    ])
  })

  test('covers the partners that it names, or everything and the fleet', () => {
    const schedule = { type: 'once', from: new Date('2026-03-02T10:00Z'), to: new Date('2026-03-02T11:00Z') } as const
    const window = { _id: 'w', name: 'w', schedule, createdBy: 'Ada', createdAt: new Date(0) }
    const at = new Date('2026-03-02T10:30Z')
    expect(['acme', 'globex', 'fleet'].map((id) => coversSubject([{ ...window, partnerIds: ['acme'] }], id, at))).toEqual([
      true,
      false,
      false,
    ])
    expect(['acme', 'fleet'].map((id) => coversSubject([{ ...window, partnerIds: null }], id, at))).toEqual([true, true])
    expect(coversSubject([], 'acme', at)).toBe(false)
    expect(coversSubject([{ ...window, partnerIds: null }], 'acme', new Date('2026-03-02T11:00Z'))).toBe(false)
  })

  test('of several that cover a subject the one that ends last is named', () => {
    const window = { _id: 'w', partnerIds: null, createdBy: 'Ada', createdAt: new Date(0) }
    const once = (name: string, to: string) => ({
      ...{ ...window, name },
      schedule: { type: 'once', from: new Date('2026-03-02T10:00Z'), to: new Date(to) } as const,
    })
    const windows = [once('short', '2026-03-02T10:40Z'), once('long', '2026-03-02T12:00Z'), once('middle', '2026-03-02T11:00Z')]
    expect(maintenanceAt(windows, new Date('2026-03-02T10:30Z'))('acme')).toEqual({ name: 'long', until: new Date('2026-03-02T12:00Z') })
  })

  test('with an expression that cannot be read or never comes is found out', () => {
    expect(cronProblem('0 3 * * 1', 'Europe/Berlin')).toBeNull()
    expect(cronProblem('0 3 31 2 *', 'UTC')).toBe('never comes')
    for (const [cron, timezone] of [
      ['61 * * * *', 'UTC'],
      ['often', 'UTC'],
      ['0 3 * * *', 'Mars/Olympus'],
    ] as const)
      expect(cronProblem(cron, timezone)).toEqual(expect.any(String))
  })
})
