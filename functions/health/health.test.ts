import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import type { Health } from './schema.ts'

let clock: { ms: number; lastSweepAtMs: number | null; oldestDeliverySeconds: number; ping: () => Promise<unknown>; outboxAnswers: boolean }
let site: AppUnderTest
const startedAtMs = Date.UTC(2026, 2, 2, 12)
beforeEach(async () => {
  clock = { ms: startedAtMs, lastSweepAtMs: null, oldestDeliverySeconds: 0, ping: async () => {}, outboxAnswers: true }
  site = await openApp(({ database }) => ({
    database: { ...database, ping: () => clock.ping() },
    now: () => new Date(clock.ms),
    monotonicMs: () => clock.ms,
    outboxState: async () => {
      if (!clock.outboxAnswers) throw new Error('mongodb://user:pass@db.example failed')
      return { depth: 1, oldestAgeSeconds: clock.oldestDeliverySeconds }
    },
    sweep: () => ({ lastSweepAt: clock.lastSweepAtMs === null ? null : new Date(clock.lastSweepAtMs), inFlight: 2 }),
  }))
})
afterEach(() => site.close())

const health = async () => {
  const response = await site.request('GET /health')
  expect(response.headers.get('cache-control')).toBe('no-store')
  return { code: response.status, ...((await response.json()) as Health) }
}

test('says that it is healthy, what runs and since when', async () => {
  clock.ms += 25_000
  clock.lastSweepAtMs = clock.ms
  expect(await health()).toMatchObject({
    code: 200,
    status: 'healthy',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    revision: null,
    uptimeSeconds: 25,
    database: { ok: true, engine: 'embedded', ms: 0 },
    sweep: { ok: true, lastSweepAt: new Date(clock.ms).toISOString(), inFlight: 2 },
  })
})

test('answers 503 while the database does not answer, without its error', async () => {
  clock.ping = () => Promise.reject(new Error('mongodb://user:pass@db.example failed'))
  const state = await health()
  expect(state).toMatchObject({ code: 503, status: 'unhealthy', database: { ok: false } })
  expect(JSON.stringify(state)).not.toContain('db.example')
  clock.ping = async () => {}
  expect(await health()).toMatchObject({ code: 200, status: 'healthy' })
})

test('answers 503 when the database answers a ping and no query, without its error', async () => {
  clock.outboxAnswers = false
  const state = await health()
  expect(state).toMatchObject({ code: 503, status: 'unhealthy', outbox: null })
  expect(JSON.stringify(state)).not.toContain('db.example')
})

test('answers 503 when the sweep has not ticked for 30 s, and when it never did', async () => {
  clock.ms = startedAtMs + 29_999
  expect(await health()).toMatchObject({ code: 200, sweep: { ok: true, lastSweepAt: null } })
  clock.ms = startedAtMs + 30_000
  expect(await health()).toMatchObject({ code: 503, status: 'unhealthy', sweep: { ok: false, lastSweepAt: null } })
  clock.lastSweepAtMs = startedAtMs + 1
  expect(await health()).toMatchObject({ code: 200 })
  clock.ms += 1
  expect(await health()).toMatchObject({ code: 503, sweep: { ok: false } })
})

test('where the sweep comes by cron, answers 503 only after the time that it is given', async () => {
  const cron = await openApp(() => ({
    now: () => new Date(clock.ms),
    sweep: () => ({ lastSweepAt: new Date(startedAtMs), inFlight: 0 }),
    sweepStalledMs: 150_000,
  }))
  clock.ms = startedAtMs + 149_999
  expect((await cron.request('GET /health')).status).toBe(200)
  clock.ms += 1
  expect((await cron.request('GET /health')).status).toBe(503)
  await cron.close()
})

test('answers 200 and says that it is degraded when a delivery has waited for 15 minutes', async () => {
  clock.oldestDeliverySeconds = 15 * 60 - 1
  expect(await health()).toMatchObject({ code: 200, status: 'healthy', outbox: { ok: true } })
  clock.oldestDeliverySeconds += 1
  expect(await health()).toMatchObject({ code: 200, status: 'degraded', outbox: { ok: false, depth: 1, oldestAgeSeconds: 900 } })
})

test('metrics are in the text format of Prometheus: captures by outcome, their times, those in flight, and the process', async () => {
  await site.deps.sweeper.captureNow([], 'Ada')
  const response = await site.request('GET /metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  expect(text).toMatch(/^# TYPE jobtalk_captures_total counter$/m)
  expect(text).toMatch(/^# TYPE jobtalk_capture_seconds histogram$/m)
  expect(text).toMatch(/^jobtalk_captures_in_flight 0$/m)
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z\d_]+(\{.*\})? (Nan|[-+.\de]+)|)$/)
})
