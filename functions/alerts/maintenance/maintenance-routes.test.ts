import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AlertsUnderTest, openAlerts, refusalOf, webhook } from '../alerts-under-test.ts'

type Maintenance = { id: string; isOpen: boolean; next: { from: string; to: string } | null }

let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme', 'globex')
  await site.read('POST /channels', { body: webhook })
})
afterEach(() => site.close())

const plan = (body: unknown) => site.request('POST /maintenance', { body })
const goTo = (time: string) => {
  site.clock.ms = Date.parse(time)
}
const listed = async () => (await site.read<Maintenance[]>('GET /maintenance', { as: 'viewer' }))[0]
const isOpen = async () => (await listed())?.isOpen
const next = async () => (await listed())?.next
const once = { name: 'Move', schedule: { type: 'once', from: '2026-03-02T12:00:00Z', to: '2026-03-02T13:00:00Z' } }
/** Nine in the morning in New York, where the clocks go forward on 8 March 2026. */
const daily = { name: 'Backup', schedule: { type: 'recurring', cron: '0 9 * * *', durationMinutes: 60 } }

describe('a window', () => {
  it('that is planned once lets alerts fire and be recorded, and tells what still fires when it ends', async () => {
    expect(await (await plan(once)).json()).toMatchObject({ name: 'Move', partnerIds: null, isOpen: true, createdBy: 'Ada' })
    expect(await next()).toEqual({ from: '2026-03-02T12:00:00.000Z', to: '2026-03-02T13:00:00.000Z' })
    await site.fire('acme')
    await site.pass(59)
    expect(site.sentNotices()).toEqual([])
    expect(await site.read('GET ')).toMatchObject({ alerts: [{ partnerId: 'acme', state: 'firing' }] })
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
    expect(await isOpen()).toBe(false)
    expect(await next()).toBeNull()
  })

  it('leaves no message of what fired and resolved inside', async () => {
    await plan(once)
    const id = await site.fire('acme')
    site.clock.ms += 60_000
    await site.resolve('acme')
    await site.pass(90)
    expect(site.sentNotices()).toEqual([])
    expect(await site.read(`GET /${id}`)).toMatchObject({ state: 'resolved', events: [{ type: 'fired' }, { type: 'resolved' }] })
  })

  it('for some partners holds back theirs only', async () => {
    await plan({ ...once, partnerIds: ['acme'] })
    await site.fire('acme')
    await site.fire('globex')
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner globex'])
  })

  it('that recurs keeps to the local time when the clocks change', async () => {
    await plan(daily)
    const openings = [
      ['2026-03-07T13:59:59Z', false],
      ['2026-03-07T14:00:00Z', true],
      ['2026-03-07T14:59:59Z', true],
      ['2026-03-07T15:00:00Z', false],
      ['2026-03-08T12:59:59Z', false],
      ['2026-03-08T13:00:00Z', true],
      ['2026-03-08T13:59:59Z', true],
      ['2026-03-08T14:00:00Z', false],
    ] as const
    for (const [time, expected] of openings) {
      goTo(time)
      expect([time, await isOpen()]).toEqual([time, expected])
    }
  })

  it('that is open while the clocks go forward lasts its minutes all the same', async () => {
    await plan({ name: 'Night', schedule: { type: 'recurring', cron: '30 1 * * 0', durationMinutes: 60 } })
    for (const [time, expected] of [
      ['2026-03-08T06:29:59Z', false],
      ['2026-03-08T06:30:00Z', true],
      ['2026-03-08T07:29:59Z', true],
      ['2026-03-08T07:30:00Z', false],
    ] as const) {
      goTo(time)
      expect([time, await isOpen()]).toEqual([time, expected])
    }
  })

  it('that recurs keeps to the time zone that it names', async () => {
    await plan({ ...daily, schedule: { ...daily.schedule, timezone: 'Asia/Kolkata' } })
    goTo('2026-03-07T03:30:00Z')
    expect(await isOpen()).toBe(true)
    goTo('2026-03-07T14:00:00Z')
    expect(await isOpen()).toBe(false)
  })

  it('that recurs holds alerts back each time', async () => {
    await plan(daily)
    goTo('2026-03-08T13:10:00Z')
    await site.fire('acme')
    await site.pass(49)
    expect(site.sentNotices()).toEqual([])
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
  })

  it('that is made shorter ends then, and says in the audit log what it was', async () => {
    const { id } = (await (await plan(once)).json()) as Maintenance
    await site.fire('acme')
    await site.pass(1)
    const schedule = { type: 'once', from: '2026-03-02T12:00:00.000Z', to: '2026-03-02T12:05:00.000Z' }
    const changed = await site.read(`PUT /maintenance/${id}`, { body: { name: 'Short move', schedule } })
    expect(changed).toMatchObject({ id, name: 'Short move', schedule, isOpen: true, createdBy: 'Ada' })
    await site.pass(3)
    expect(site.sentNotices()).toEqual([])
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
    const [entry] = (await site.audited()).slice(-1)
    expect(entry).toMatchObject({ action: 'maintenance.update', before: { name: 'Move' }, after: { name: 'Short move' } })
  })

  it('is changed as it is planned: with a schedule that can be, and only where it is', async () => {
    const { id } = (await (await plan(once)).json()) as Maintenance
    const refusal = await site.request(`PUT /maintenance/${id}`, { body: { ...once, schedule: { ...daily.schedule, cron: 'never' } } })
    expect(await refusalOf(refusal)).toMatchObject({ status: 422, paths: ['schedule.cron'] })
    expect((await site.request('PUT /maintenance/nothing', { body: once })).status).toBe(404)
  })

  it('that is removed holds nothing back', async () => {
    const { id } = (await (await plan(once)).json()) as Maintenance
    await site.fire('acme')
    await site.pass(1)
    expect(site.sentNotices()).toEqual([])
    expect((await site.request(`DELETE /maintenance/${id}`)).status).toBe(204)
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
    expect((await site.request(`DELETE /maintenance/${id}`)).status).toBe(404)
    expect((await site.audited()).slice(-2)).toMatchObject([
      { action: 'maintenance.create', after: { name: 'Move' } },
      { action: 'maintenance.delete', target: { id, name: 'Move' }, before: { name: 'Move', partnerIds: null } },
    ])
  })
})

const recurring = daily.schedule
it.each([
  ['a cron expression that is none', { ...recurring, cron: 'every day' }, 'schedule.cron'],
  ['a cron expression out of range', { ...recurring, cron: '0 25 * * *' }, 'schedule.cron'],
  ['a day that never comes', { ...recurring, cron: '0 0 31 2 *' }, 'schedule.cron'],
  ['a time zone that there is not', { ...recurring, timezone: 'Mars/Olympus' }, 'schedule.timezone'],
  ['no duration', { ...recurring, durationMinutes: 0 }, 'schedule.durationMinutes'],
  ['an end before its start', { type: 'once', from: once.schedule.to, to: once.schedule.from }, 'schedule.to'],
  ['a start that is no time', { ...once.schedule, from: 'noon' }, 'schedule.from'],
  ['a schedule of no type', { cron: recurring.cron }, 'schedule.type'],
])('refuses %s, and names the field', async (_what, schedule, path) => {
  const { status, paths } = await refusalOf(await plan({ name: 'Move', schedule }))
  expect({ status, path: paths[0] }).toEqual({ status: 422, path })
  expect(await site.windows.list()).toEqual([])
})
