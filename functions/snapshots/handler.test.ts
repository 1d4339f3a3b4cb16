import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { receivedEvents } from '../../deployment/testing/received-events.ts'
import { CaptureEvent, CaptureResults, Latest, Series } from './schema.ts'
import { openSnapshots, type SnapshotsUnderTest } from './snapshots-under-test.ts'

type Refusal = { error: { code: string; issues?: { path: string }[] } }

let under: SnapshotsUnderTest
let partner: SimulatedPartner
beforeAll(async () => {
  under = await openSnapshots()
  partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: () => under.clock.ms })
  await under.addPartner('good', partner)
  await under.addPartner('bad')
  await under.addPartner('new')
})
afterAll(async () => {
  await under.close()
  await partner.stop()
})

const capture = async (body: unknown, as?: string) => {
  const response = await under.request('/capture', { body, ...(as && { as }) })
  return { status: response.status, body: (await response.json()) as unknown }
}
const get = async (path: string, as?: string) => {
  const response = await under.request(path, as ? { as } : {})
  return { status: response.status, body: (await response.json()) as unknown }
}
const refusal = ({ status, body }: { status: number; body: unknown }) => {
  const { error } = body as Refusal
  return [status, error.code, ...(error.issues ?? []).map(({ path }) => path)]
}

describe('POST /capture', () => {
  test('answers a snapshot for a partner that works and the reason for one that does not', async () => {
    const { status, body } = await capture({ partnerIds: ['good', 'bad'] })
    expect(status).toBe(200)
    const { results } = CaptureResults.parse(body)
    expect(body).toEqual({ results })
    expect(results).toEqual([
      { partnerId: 'good', ok: true, snapshot: expect.objectContaining({ snapshotTime: '2026-03-02T12:00:00.000Z', captureMs: 0 }) },
      { partnerId: 'bad', ok: false, reason: 'refused', stage: 'db-connect', message: expect.any(String) },
    ])
    const counted = partner.database.prepare("SELECT COUNT(*) AS count FROM calls WHERE status = 'QUEUED'").get()
    expect(results[0]).toMatchObject({ snapshot: { queuedCalls: counted?.['count'] } })
    expect((await under.stored('good')).logs).toMatchObject([{ by: 'Ada', kind: 'capture' }])
  })

  test('captures all active partners when none is named', async () => {
    const { body } = await capture({})
    expect(CaptureResults.parse(body).results.map(({ partnerId, ok }) => [partnerId, ok])).toEqual([
      ['good', true],
      ['bad', false],
      ['new', false],
    ])
  })

  test.each<[string, unknown, string]>([
    ['a partner that does not exist', { partnerIds: ['good', 'nobody'] }, 'partnerIds.1'],
    ['no partner at all', { partnerIds: [] }, 'partnerIds'],
    ['more than 1,000', { partnerIds: Array.from({ length: 1_001 }, () => 'good') }, 'partnerIds'],
    ['an id that is not text', { partnerIds: ['good', 7] }, 'partnerIds.1'],
    ['an unknown field', { partnerId: 'good' }, 'partnerId'],
  ])('refuses %s and names the field', async (_what, body, path) => {
    expect(refusal(await capture(body))).toEqual([422, 'invalid', path])
  })

  test('is for admins and for tokens with its scope', async () => {
    const as = async (who: string) => (await capture({ partnerIds: ['good'] }, who)).status
    expect(await Promise.all(['admin', 'capturer', 'viewer', 'reader', 'nobody'].map(as))).toEqual([200, 200, 403, 403, 401])
    expect((await under.stored('good')).logs.at(-1)?.by).toMatch(/^(Ada|capturer)$/)
  })
})

describe('POST /capture to a client that accepts events', () => {
  const captureEvents = (body: object) => under.request('/capture', { body, accept: 'text/event-stream' })

  test('tells which partners it captures, of each as it ends, and how many worked', async () => {
    const events = await Array.fromAsync(receivedEvents(await captureEvents({ partnerIds: ['good', 'bad'] })))
    for (const { event, data } of events) expect(CaptureEvent.safeParse({ event, data }).error).toBeUndefined()
    expect(events).toMatchObject([
      { event: 'started', data: { partnerIds: ['good', 'bad'] } },
      { event: 'captured', data: { partnerId: 'bad', ok: false, reason: 'refused' } },
      { event: 'captured', data: { partnerId: 'good', ok: true } },
      { event: 'done', data: { ok: 1, failed: 1 } },
    ])
  })

  test('tells of one partner while it still captures another', async () => {
    partner.slow(60_000)
    const events = receivedEvents(await captureEvents({ partnerIds: ['good', 'bad'] }))
    expect((await events.next()).value).toMatchObject({ event: 'started' })
    expect((await events.next()).value).toMatchObject({ event: 'captured', data: { partnerId: 'bad' } })
    partner.slow(0)
    await partner.goDown()
    expect((await events.next()).value).toMatchObject({ event: 'captured', data: { partnerId: 'good', ok: false } })
    expect((await events.next()).value).toMatchObject({ event: 'done', data: { ok: 0, failed: 2 } })
    await partner.comeBack()
  })

  test('refuses an unknown partner before it begins', async () => {
    const response = await captureEvents({ partnerIds: ['good', 'nobody'] })
    expect(refusal({ status: response.status, body: await response.json() })).toEqual([422, 'invalid', 'partnerIds.1'])
  })
})

describe('reading', () => {
  beforeAll(async () => {
    await capture({ partnerIds: ['good', 'bad'] })
    under.clock.ms += 60_000
  })

  test('GET /:partnerId/latest answers the last snapshot, or the last gap, or that there is none', async () => {
    const good = await get('/good/latest')
    expect(good).toMatchObject({ status: 200, body: { ok: true, snapshotTime: '2026-03-02T12:00:00.000Z' } })
    expect(Latest.parse(good.body)).toEqual(good.body)
    const bad = await get('/bad/latest')
    expect(bad).toEqual({
      status: 200,
      body: { at: '2026-03-02T12:00:00.000Z', ok: false, reason: 'refused', stage: 'db-connect', message: expect.any(String) },
    })
    expect(Latest.parse(bad.body)).toEqual(bad.body)
    expect(refusal(await get('/nobody/latest'))).toEqual([404, 'not_found'])
  })

  test.each(['', '?resolution=5m', '?resolution=1h'])('GET /:partnerId%s answers the series as documented', async (query) => {
    for (const id of ['good', 'bad']) {
      const { status, body } = await get(`/${id}${query}`)
      expect(status).toBe(200)
      const series = Series.parse(body)
      expect(series).toEqual(body)
      expect(series.points.length).toBeGreaterThan(0)
    }
  })

  test('takes a range with a time zone', async () => {
    const { body } = await get('/good?from=2026-03-02T07:00:00-05:00&to=2026-03-02T12:00:01Z')
    expect(body).toMatchObject({ from: '2026-03-02T12:00:00.000Z', to: '2026-03-02T12:00:01.000Z', resolution: 'raw', stepSeconds: 60 })
  })

  test.each([
    ['/good?from=yesterday', [422, 'invalid', 'from']],
    ['/good?from=2026-03-02T12:00:00', [422, 'invalid', 'from']],
    ['/good?from=2026-03-02T12:00:00Z&to=2026-03-02T12:00:00Z', [422, 'invalid', 'from']],
    ['/good?resolution=1d', [422, 'invalid', 'resolution']],
    ['/good?from=2025-01-01T00:00:00Z&resolution=raw', [422, 'invalid', 'resolution']],
    ['/nobody', [404, 'not_found']],
  ])('refuses %s', async (path, expected) => {
    expect(refusal(await get(path))).toEqual(expected)
  })

  test('is for viewers, and for tokens with its scope', async () => {
    for (const path of ['/good', '/good/latest']) {
      const statuses = await Promise.all(
        ['admin', 'viewer', 'reader', 'capturer', 'nobody'].map(async (as) => (await get(path, as)).status),
      )
      expect(statuses).toEqual([200, 200, 200, 403, 401])
    }
  })
})
