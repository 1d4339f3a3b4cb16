import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import type { SelfCheckState } from './create-self-check.ts'
import type { Health } from './schema.ts'

let clock: { ms: number; lastSweepAtMs: number | null; oldestDeliverySeconds: number; ping: () => Promise<unknown>; outboxAnswers: boolean }
let self: SelfCheckState
let loop: { p99Ms: number; maxMs: number }
let site: AppUnderTest
const startedAtMs = Date.UTC(2026, 2, 2, 12)
beforeEach(async () => {
  clock = { ms: startedAtMs, lastSweepAtMs: null, oldestDeliverySeconds: 0, ping: async () => {}, outboxAnswers: true }
  self = { writes: { ok: true, lastOkAt: new Date(startedAtMs) }, captures: { active: 4, late: 0 }, clock: { jumpSeconds: 0 } }
  loop = { p99Ms: 1, maxMs: 30 }
  site = await openApp(({ database }) => ({
    database: { ...database, ping: () => clock.ping() },
    now: () => new Date(clock.ms),
    monotonicMs: () => clock.ms,
    selfCheck: () => self,
    eventLoop: () => loop,
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
    writes: { ok: true, lastOkAt: new Date(startedAtMs).toISOString() },
    captures: { ok: true, active: 4, late: 0 },
    eventLoop: { ok: true, p99Ms: 1, maxMs: 30 },
    clock: { ok: true, jumpSeconds: 0 },
  })
})

test('answers 503 while the database takes reads and no writes', async () => {
  self = { ...self, writes: { ok: false, lastOkAt: null } }
  expect(await health()).toMatchObject({ code: 503, status: 'unhealthy', database: { ok: true }, writes: { ok: false, lastOkAt: null } })
})

test.each([
  [0, 200, 'healthy'],
  [1, 200, 'degraded'],
  [2, 503, 'unhealthy'],
])('with captures of %d of 4 active partners late it answers %d: %s', async (late, code, status) => {
  self = { ...self, captures: { active: 4, late } }
  expect(await health()).toMatchObject({ code, status, captures: { ok: late === 0 } })
})

test('says that it is degraded while the event loop is late, or after the clock was set', async () => {
  loop = { p99Ms: 500, maxMs: 900 }
  expect(await health()).toMatchObject({ code: 200, status: 'degraded', eventLoop: { ok: false } })
  loop = { p99Ms: 1, maxMs: 5_000 }
  expect(await health()).toMatchObject({ code: 200, status: 'degraded', eventLoop: { ok: false } })
  loop = { p99Ms: 1, maxMs: 30 }
  self = { ...self, clock: { jumpSeconds: -10_800 } }
  expect(await health()).toMatchObject({ code: 200, status: 'degraded', clock: { ok: false, jumpSeconds: -10_800 } })
})

test('a sweep of the future is no sign of life', async () => {
  clock.lastSweepAtMs = clock.ms + 3 * 3_600_000
  expect(await health()).toMatchObject({ code: 503, sweep: { ok: false } })
})

test('knows no more than before its first look at itself', async () => {
  await site.close()
  site = await openApp(() => ({ selfCheck: () => null, eventLoop: null }))
  expect(await health()).toMatchObject({ code: 200, status: 'healthy', writes: null, captures: null, eventLoop: null })
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
  expect(text).toMatch(/^jobtalk_event_loop_delay_seconds\{of="p99"\} [\d.]+$/m)
  expect(text).toMatch(/^jobtalk_event_loop_delay_seconds\{of="max"\} [\d.]+$/m)
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z\d_]+(\{.*\})? (Nan|[-+.\de]+)|)$/)
})
