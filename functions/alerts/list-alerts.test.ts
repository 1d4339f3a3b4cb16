import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AlertsUnderTest, openAlerts, refusalOf } from './alerts-under-test.ts'

type Page = { alerts: { id: string; partnerId: string | null; level: string; state: string; firedAt: string }[]; next: string | null }

const hourMs = 3_600_000
let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme', 'globex', 'initech')
})
afterEach(() => site.close())

const page = (filter = '') => site.read<Page>(`GET ${filter}`, { as: 'viewer' })
const listed = async (filter = '') => (await page(filter)).alerts.map((alert) => alert.id)

/** Three partners, an hour apart: acme's alert resolved, globex's is HIGH, initech's is dismissed. Returns their ids. */
const fireThree = async () => {
  const acme = await site.fire('acme')
  await site.resolve('acme')
  site.clock.ms += hourMs
  const globex = await site.fire('globex', 150)
  site.clock.ms += hourMs
  const initech = await site.fire('initech')
  const until = new Date(site.clock.ms + hourMs).toISOString()
  await site.read(`POST /${initech}/dismiss`, { body: { until, reason: 'known' } })
  return { acme, globex, initech }
}

describe('listing alerts', () => {
  it('shows them newest first, with what happened to each', async () => {
    const { acme, globex, initech } = await fireThree()
    expect(await listed()).toEqual([initech, globex, acme])
    expect((await page()).alerts.at(-1)).toMatchObject({
      partnerId: 'acme',
      partnerName: 'Partner acme',
      ruleId: 'queue-high-utilization-low',
      level: 'CRITICAL',
      state: 'resolved',
      message: '250 calls wait while only 10 % of the capacity is used',
      firedAt: '2026-03-02T12:00:00.000Z',
      resolvedAt: '2026-03-02T12:00:00.000Z',
      inhibitedBy: null,
      events: [{ type: 'fired' }, { type: 'notified' }, { type: 'resolved' }],
      deliveries: [],
    })
  })

  it('shows the planned maintenance that holds an alert back, while it is open and the alert fires', async () => {
    const id = await site.fire('acme')
    const until = new Date(site.clock.ms + hourMs).toISOString()
    const schedule = { type: 'once', from: new Date(site.clock.ms).toISOString(), to: until }
    await site.read('POST /maintenance', { body: { name: 'Move of a rack', partnerIds: ['acme'], schedule } })
    const shown = async () => (await site.read<{ maintenance: unknown }>(`GET /${id}`, {})).maintenance
    expect(await shown()).toEqual({ name: 'Move of a rack', until })
    site.clock.ms += hourMs
    expect(await shown()).toBeNull()
    site.clock.ms -= 60_000
    await site.resolve('acme')
    expect(await shown()).toBeNull()
  })

  it('shows what fires as it is now, and what explains it', async () => {
    const id = await site.fire('acme')
    site.clock.ms += 60_000
    await site.capture('acme', 300)
    expect(await site.read(`GET /${id}`)).toMatchObject({ message: '300 calls wait while only 10 % of the capacity is used' })
    site.clock.ms += 60_000
    await site.fail('acme', 3)
    expect((await page()).alerts).toMatchObject([
      { ruleId: 'ssh-down', inhibitedBy: null },
      { id, state: 'firing', inhibitedBy: 'ssh-down' },
    ])
  })

  it('keeps the name of a partner that is gone', async () => {
    const id = await site.fire('acme')
    await site.partners.remove('acme')
    await site.pass(1)
    expect(await site.read(`GET /${id}`)).toMatchObject({ state: 'resolved', partnerName: 'Partner acme' })
  })

  it('filters by state, and takes a dismissal that ended as firing only', async () => {
    const { acme, globex, initech } = await fireThree()
    expect(await listed('?state=firing')).toEqual([initech, globex])
    expect(await listed('?state=resolved')).toEqual([acme])
    expect(await listed('?state=dismissed')).toEqual([initech])
    site.clock.ms += hourMs
    expect(await listed('?state=dismissed')).toEqual([])
  })

  it('filters by partner, level and time, alone and together', async () => {
    const { acme, globex, initech } = await fireThree()
    expect(await listed('?partnerId=globex')).toEqual([globex])
    expect(await listed('?partnerId=nobody')).toEqual([])
    expect(await listed('?level=HIGH')).toEqual([globex])
    expect(await listed('?level=CRITICAL')).toEqual([initech, acme])
    expect(await listed('?level=CRITICAL&state=firing&partnerId=initech')).toEqual([initech])
    expect(await listed('?from=2026-03-02T13:00:00Z')).toEqual([initech, globex])
    expect(await listed('?to=2026-03-02T13:00:00Z')).toEqual([acme])
    expect(await listed('?from=2026-03-02T13:00:00Z&to=2026-03-02T14:00:00Z')).toEqual([globex])
    expect(await listed('?from=2026-03-02T08:00:00-05:00')).toEqual([initech, globex])
  })

  it('pages by cursor without overlap or loss, also while new alerts fire', async () => {
    for (let n = 0; n < 3; n += 1)
      for (const partner of ['acme', 'globex', 'initech']) {
        await site.fire(partner)
        await site.resolve(partner)
        site.clock.ms += 60_000
      }
    const all = await listed()
    expect(all).toHaveLength(9)
    const seen: string[] = []
    let cursor = ''
    do {
      const { alerts, next } = await page(`?limit=4${cursor}`)
      seen.push(...alerts.map((alert) => alert.id))
      site.clock.ms += 60_000
      await site.fire('acme')
      await site.resolve('acme')
      cursor = next === null ? '' : `&before=${next}`
    } while (cursor)
    expect(seen).toEqual(all)
    expect(await listed('?partnerId=globex&limit=2')).toHaveLength(2)
  })

  it.each([
    ['state', 'open'],
    ['level', 'NORMAL'],
    ['from', 'yesterday'],
    ['limit', '0'],
    ['limit', '201'],
  ])('refuses %s=%s by its name', async (name, value) => {
    expect(await refusalOf(await site.request(`GET ?${name}=${value}`))).toEqual({ status: 422, code: 'invalid', paths: [name] })
  })

  it('reads one alert, and answers 404 for one that never was', async () => {
    const id = await site.fire('acme')
    expect(await site.read(`GET /${id}`, { as: 'reader' })).toMatchObject({ id, state: 'firing', resolvedAt: null })
    expect((await site.request('GET /nothing')).status).toBe(404)
  })
})

it('counts what fires by level, and nothing that resolved', async () => {
  expect(await site.read('GET /summary')).toEqual({ critical: 0, high: 0, medium: 0, firing: 0 })
  await fireThree()
  expect(await site.read('GET /summary', { as: 'viewer' })).toEqual({ critical: 1, high: 1, medium: 0, firing: 2 })
})
