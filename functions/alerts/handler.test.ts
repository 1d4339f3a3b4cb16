import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AlertsUnderTest, openAlerts, refusalOf, webhook } from './alerts-under-test.ts'

type Alert = {
  state: string
  acknowledged: unknown
  dismissed: unknown
  events: { type: string; by: string | null; note: string | null }[]
  deliveries: { outcome: string; code: string; message: string }[]
}
type Deliveries = {
  deliveries: { id: string; state: string; kind: string; attempts: number; lastCode: string | null }[]
  next: string | null
}

const minuteMs = 60_000
let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme')
  await site.read('POST /channels', { body: webhook })
})
afterEach(() => site.close())

const inMinutes = (minutes: number) => new Date(site.clock.ms + minutes * minuteMs).toISOString()
const acknowledge = (id: string, body: unknown = {}) => site.request(`POST /${id}/acknowledge`, { body })
const dismiss = (id: string, body: unknown) => site.request(`POST /${id}/dismiss`, { body })

describe('acknowledging an alert', () => {
  it('ends its repeats, says who and why, and tells the channels', async () => {
    const id = await site.fire('acme')
    await site.pass(0)
    await site.pass(60)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme', 'Hook: repeated Partner acme'])

    const alert = (await (await acknowledge(id, { note: 'on it' })).json()) as Alert
    expect(alert.acknowledged).toEqual({ at: inMinutes(0), by: 'Ada', note: 'on it' })
    expect(alert.events.at(-1)).toMatchObject({ type: 'acknowledged', by: 'Ada', note: 'on it' })
    await site.pass(60)
    await site.pass(60)
    expect(site.sentNotices()).toEqual(['Hook: acknowledged Partner acme'])
    expect((await site.audited()).at(-1)).toMatchObject({ action: 'alert.acknowledge', actor: { name: 'Ada' } })
  })

  it('needs no note', async () => {
    const response = await acknowledge(await site.fire('acme'))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ acknowledged: { by: 'Ada', note: null } })
  })

  it('is refused once the alert has resolved, and for an alert that never was', async () => {
    const id = await site.fire('acme')
    await site.resolve('acme')
    expect(await refusalOf(await acknowledge(id))).toMatchObject({ status: 409, code: 'conflict' })
    expect((await acknowledge('nothing')).status).toBe(404)
    expect(await site.read<Alert>(`GET /${id}`)).toMatchObject({ state: 'resolved', acknowledged: null })
  })
})

describe('dismissing an alert', () => {
  it('holds it back until the end, and tells it then when it still fires', async () => {
    const id = await site.fire('acme')
    await site.pass(0)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
    const response = await dismiss(id, { until: inMinutes(180), reason: 'planned work' })
    expect(await response.json()).toMatchObject({ dismissed: { by: 'Ada', reason: 'planned work', until: inMinutes(180) } })
    await site.pass(90)
    await site.pass(89)
    expect(site.sentNotices()).toEqual([])
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: repeated Partner acme'])
  })

  it('sends the firing at the end when nothing was sent before', async () => {
    const window = { name: 'Move', schedule: { type: 'once', from: inMinutes(0), to: inMinutes(10) } }
    await site.read('POST /maintenance', { body: window })
    const id = await site.fire('acme')
    await dismiss(id, { until: inMinutes(20), reason: 'later' })
    await site.pass(15)
    expect(site.sentNotices()).toEqual([])
    await site.pass(5)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
  })

  it('still sends the resolution of what was sent before', async () => {
    const id = await site.fire('acme')
    await site.pass(0)
    await dismiss(id, { until: inMinutes(180), reason: 'known' })
    await site.resolve('acme')
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme', 'Hook: resolved Partner acme'])
    expect((await dismiss(id, { until: inMinutes(60), reason: 'again' })).status).toBe(409)
  })

  it.each([
    ['now', 0],
    ['in the past', -1],
    ['more than 30 days ahead', 30 * 1_440 + 1],
  ])('refuses an end that is %s, and names it', async (_when, minutes) => {
    const id = await site.fire('acme')
    const refusal = await refusalOf(await dismiss(id, { until: inMinutes(minutes), reason: 'known' }))
    expect(refusal).toEqual({ status: 422, code: 'invalid', paths: ['until'] })
    expect(await site.read<Alert>(`GET /${id}`)).toMatchObject({ dismissed: null })
  })

  it('takes an end 30 days ahead, and needs a reason', async () => {
    const id = await site.fire('acme')
    expect((await dismiss(id, { until: inMinutes(30 * 1_440), reason: 'known' })).status).toBe(200)
    expect(await refusalOf(await dismiss(id, { until: inMinutes(1) }))).toMatchObject({ status: 422, paths: ['reason'] })
  })
})

describe('ending a dismissal early', () => {
  const undismiss = (id: string, as = 'admin') => site.request(`DELETE /${id}/dismiss`, { as })

  it('tells at once what still fires, says who did it, and keeps who dismissed it and why', async () => {
    const id = await site.fire('acme')
    await site.pass(0)
    await dismiss(id, { until: inMinutes(180), reason: 'planned work' })
    await site.pass(1)
    site.sentNotices()
    const alert = (await (await undismiss(id)).json()) as Alert
    expect(alert.dismissed).toMatchObject({ by: 'Ada', reason: 'planned work', until: inMinutes(0) })
    expect(alert.events.at(-1)).toMatchObject({ type: 'undismissed', by: 'Ada' })
    expect((await site.audited()).at(-1)).toMatchObject({ action: 'alert.undismiss', target: { id }, actor: { name: 'Ada' } })
    await site.read('POST /dispatch')
    await site.pass(2)
    expect(site.sentNotices()).toEqual(['Hook: repeated Partner acme'])
  })

  it('tells nothing while a maintenance window still holds the alert back', async () => {
    const id = await site.fire('acme')
    await site.pass(0)
    await dismiss(id, { until: inMinutes(180), reason: 'planned work' })
    await site.pass(1)
    await site.read('POST /maintenance', { body: { name: 'Move', schedule: { type: 'once', from: inMinutes(0), to: inMinutes(10) } } })
    site.sentNotices()
    expect((await undismiss(id)).status).toBe(200)
    await site.pass(9)
    expect(site.sentNotices()).toEqual([])
    await site.pass(1)
    expect(site.sentNotices()).toEqual(['Hook: repeated Partner acme'])
  })

  it('is refused when the alert is not dismissed or has resolved, and for one that never was', async () => {
    const id = await site.fire('acme')
    expect(await refusalOf(await undismiss(id))).toMatchObject({ status: 409, code: 'conflict' })
    await dismiss(id, { until: inMinutes(5), reason: 'known' })
    await site.pass(5)
    expect((await undismiss(id)).status).toBe(409)
    await site.resolve('acme')
    expect((await undismiss(id)).status).toBe(409)
    expect((await undismiss('nothing')).status).toBe(404)
  })
})

describe('dispatch', () => {
  it('sends what is due for a service token with the scope, and says how much', async () => {
    await site.fire('acme')
    expect(await site.read('POST /dispatch', { as: 'dispatcher' })).toEqual({ sent: 1, retried: 0, dead: 0 })
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme'])
    expect(await site.read('POST /dispatch', { as: 'dispatcher' })).toEqual({ sent: 0, retried: 0, dead: 0 })
  })

  it('lets time pass, so that a cron alone repeats what still fires', async () => {
    await site.fire('acme')
    await site.read('POST /dispatch', { as: 'dispatcher' })
    site.clock.ms += 60 * minuteMs
    expect(await site.read('POST /dispatch', { as: 'dispatcher' })).toEqual({ sent: 1, retried: 0, dead: 0 })
    expect(site.sentNotices()).toEqual(['Hook: fired Partner acme', 'Hook: repeated Partner acme'])
  })

  it.each(['viewer', 'reader', 'writer'])('is refused to the %s, and sends nothing', async (as) => {
    await site.fire('acme')
    expect((await site.request('POST /dispatch', { as })).status).toBe(403)
    expect(site.sent).toEqual([])
  })
})

describe('deliveries', () => {
  const deliveries = (filter = '') => site.read<Deliveries>(`GET /deliveries${filter}`, { as: 'viewer' })

  it('shows a delivery wait, die of a permanent refusal and be sent again by an admin', async () => {
    const id = await site.fire('acme')
    expect((await deliveries('?state=pending')).deliveries).toMatchObject([{ kind: 'fired', attempts: 0, lastCode: null }])
    site.answers.push({ ok: false, permanent: true, code: '410', message: 'The receiver refused the message (410).', retryAfterMs: null })
    expect(await site.read('POST /dispatch')).toEqual({ sent: 0, retried: 0, dead: 1 })
    const dead = (await deliveries('?state=dead')).deliveries
    expect(dead).toMatchObject([{ state: 'dead', attempts: 1, lastCode: '410' }])
    const retry = `POST /deliveries/${dead[0]?.id}/retry`
    expect((await site.request(retry, { as: 'viewer' })).status).toBe(403)
    expect((await site.request(retry)).status).toBe(204)
    await site.pass(1)
    expect((await deliveries()).deliveries).toMatchObject([{ state: 'sent', attempts: 2, lastCode: '200' }])
    expect((await site.request(retry)).status).toBe(404)
    expect((await site.read<Alert>(`GET /${id}`)).deliveries).toMatchObject([
      { outcome: 'dead', code: '410' },
      { outcome: 'sent', code: '200' },
    ])
  })

  it('lists newest first in pages that neither overlap nor lose one', async () => {
    await site.fire('acme')
    for (let n = 0; n < 4; n += 1) await site.pass(60)
    const all = (await deliveries()).deliveries.map((row) => row.id)
    expect(all).toHaveLength(5)
    const first = await deliveries('?limit=3')
    const second = await deliveries(`?limit=3&before=${first.next}`)
    expect([...first.deliveries, ...second.deliveries].map((row) => row.id)).toEqual(all)
    expect(second.next).toBeNull()
    expect(all).toEqual(all.toSorted().reverse())
  })
})

describe('the list of deliveries', () => {
  const found = async (filter: string) =>
    (await site.read<{ deliveries: { alertId: string; channelName: string }[] }>(`GET /deliveries?${filter}`)).deliveries

  it('says of which alert and for which channel each is', async () => {
    const id = await site.fire('acme')
    expect(await found('')).toMatchObject([
      {
        alertId: id,
        channelName: 'Hook',
        partnerId: 'acme',
        partnerName: 'Partner acme',
        ruleId: 'queue-high-utilization-low',
        level: 'CRITICAL',
        message: '250 calls wait while only 10 % of the capacity is used',
      },
    ])
  })

  it('is filtered by alert, channel and state', async () => {
    const mail = await site.read<{ id: string }>('POST /channels', { body: { ...webhook, name: 'Other hook' } })
    await site.addPartners('globex')
    const acme = await site.fire('acme')
    const globex = await site.fire('globex')
    const told = (rows: Awaited<ReturnType<typeof found>>) => rows.map((row) => [row.alertId, row.channelName])
    expect(told(await found(`alertId=${acme}`))).toEqual([
      [acme, 'Other hook'],
      [acme, 'Hook'],
    ])
    expect(told(await found(`channelId=${mail.id}`))).toEqual([
      [globex, 'Other hook'],
      [acme, 'Other hook'],
    ])
    expect(told(await found(`channelId=${mail.id}&alertId=${globex}&state=pending`))).toEqual([[globex, 'Other hook']])
    expect(await found(`channelId=${mail.id}&state=sent`)).toEqual([])
  })
})

describe('who may do what', () => {
  const changes = ['POST /x/acknowledge', 'POST /x/dismiss', 'POST /deliveries/x/retry', 'PUT /rules', 'POST /rules/reset']
  const more = ['POST /channels', 'PATCH /channels/x', 'DELETE /channels/x', 'POST /channels/x/test', 'POST /maintenance']
  it.each([...changes, ...more, 'PUT /maintenance/x', 'DELETE /maintenance/x', 'DELETE /x/dismiss'])(
    'a viewer and a reading service may not %s',
    async (route) => {
      for (const as of ['viewer', 'reader', 'dispatcher'])
        expect((await site.request(route, { as, ...(!route.startsWith('DELETE') && { body: {} }) })).status).toBe(403)
    },
  )

  it.each(['', '/summary', '/rules', '/channels', '/maintenance', '/deliveries'])(
    'a viewer and a reading service may read %s, others may not',
    async (path) => {
      for (const as of ['viewer', 'reader']) expect((await site.request(`GET ${path}`, { as })).status).toBe(200)
      expect((await site.request(`GET ${path}`, { as: 'dispatcher' })).status).toBe(403)
      expect((await site.request(`GET ${path}`, { as: 'nobody' })).status).toBe(401)
    },
  )
})
