import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { type ReceivedEvent, receivedEvents } from '../../deployment/testing/received-events.ts'
import { createOpenStreams } from '../../shared/http/create-open-streams.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { readFiring } from '../alerts/read-firing.ts'
import { createDashboardFeed } from './create-dashboard-feed.ts'
import { createDashboardSource } from './create-dashboard-source.ts'
import { Dashboard, type DashboardChange } from './schema.ts'

let site: AppUnderTest
let admin: string
let stopping: AbortController
/** The time of the process, and those who wait for a tick: only the test lets both pass. */
let clock: { ms: number; waiting: (() => void)[]; looking: (() => void)[]; reads: number }
let opened: AsyncGenerator<ReceivedEvent>[]
beforeEach(async () => {
  clock = { ms: 0, waiting: [], looking: [], reads: 0 }
  stopping = new AbortController()
  opened = []
  site = await openApp((deps) => ({
    monotonicMs: () => clock.ms,
    stopping: stopping.signal,
    streams: createOpenStreams({
      monotonicMs: () => clock.ms,
      stopping: stopping.signal,
      wait: (_ms, signal) =>
        new Promise((resolve) => {
          clock.looking.push(resolve)
          signal.addEventListener('abort', () => resolve())
        }),
      hangUp: () => {},
    }),
    dashboardFeed: createDashboardFeed({
      ...deps,
      monotonicMs: () => clock.ms,
      source: {
        current: () => {
          clock.reads += 1
          return createDashboardSource({ ...deps, readFiring: (limit) => readFiring(deps, limit) }).current()
        },
      },
      stopping: stopping.signal,
      wait: (_ms, signal) =>
        new Promise((resolve) => {
          clock.waiting.push(resolve)
          signal.addEventListener('abort', () => resolve())
        }),
    }),
  }))
  admin = await site.signIn('ADMIN')
})
afterEach(async () => {
  stopping.abort()
  for (const events of opened) await events.return(undefined)
  await site.close()
})

const follow = async (options: { as?: string; headers?: Record<string, string> } = {}) => {
  const response = await site.request('GET /api/dashboard/stream', { as: admin, ...options })
  const events = receivedEvents(response)
  opened.push(events)
  return { response, next: async () => (await events.next()).value as ReceivedEvent, end: () => events.return(undefined) }
}
/** Lets `ms` pass as soon as a stream waits for it. */
const pass = async (ms = 1_000) => {
  await expect.poll(() => clock.waiting.length, { interval: 1 }).toBeGreaterThan(0)
  clock.ms += ms
  for (const resolve of [...clock.waiting.splice(0), ...clock.looking.splice(0)]) resolve()
}
const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'secret' }
const create = (partnerName: string) => site.read<Partner>('POST /api/partners', { as: admin, body: { partnerName, db } })

test('begins with the dashboard as GET /api/dashboard shows it, for no cache and no proxy to hold back', async () => {
  await create('Acme')
  const { response, next } = await follow()
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const { event, id, data } = await next()
  expect({ event, id }).toEqual({ event: 'dashboard', id: expect.stringMatching(/.\.1$/) })
  expect(Dashboard.safeParse(data).error).toBeUndefined()
  const { overview, ...rest } = data as Dashboard
  expect(await site.read('GET /api/dashboard', { as: admin })).toMatchObject(rest)
  expect(overview.totalPartners).toBe(1)
})

test('tells what changed within a tick, whichever process wrote it', async () => {
  const [acme, other] = [await create('Acme'), await create('Other')]
  const { next } = await follow()
  await next()
  await site.db.collection<{ _id: string }>('partner_configs').updateOne({ _id: acme.id }, { $set: { priority: 9 } })
  const told = next()
  await pass()
  const { event, data } = await told
  expect(event).toBe('change')
  expect(data).toMatchObject({ partners: [{ partner: { id: acme.id, priority: 9 } }], removed: [] })
  await site.request(`DELETE /api/partners/${other.id}`, { as: admin })
  const gone = next()
  await pass()
  expect((await gone).data).toMatchObject({ overview: { totalPartners: 1 }, partners: [], removed: [other.id] })
})

test('tells of an alert that fires and of what becomes of it', async () => {
  await create('Acme')
  const { next } = await follow()
  await next()
  const firing = async () => {
    const told = next()
    await pass()
    return ((await told).data as DashboardChange).firing
  }
  for (let failure = 0; failure < 3; failure++) await site.read('POST /api/snapshots/capture', { as: admin, body: {} })
  const fired = await firing()
  expect(fired).toMatchObject({ count: 1, alerts: [{ ruleId: 'database-down', partnerName: 'Acme' }], removed: [] })
  const { id } = fired!.alerts[0]!
  await site.read(`POST /api/alerts/${id}/acknowledge`, { as: admin, body: { note: 'On it' } })
  expect(await firing()).toMatchObject({ count: 1, alerts: [{ id, acknowledged: { by: 'admin', note: 'On it' } }] })
})

test('a heartbeat says every 15 s as of when the dashboard is known', async () => {
  const { next } = await follow()
  await next()
  const told = next()
  for (let second = 0; second < 15; second++) await pass()
  expect(await told).toEqual({ event: 'heartbeat', id: null, data: { at: expect.stringMatching(/Z$/) } })
})

test('a client that comes back gets what it missed; where that is unknown, everything', async () => {
  const acme = await create('Acme')
  const first = await follow()
  const { id } = await first.next()
  await first.end()
  await site.read(`PATCH /api/partners/${acme.id}`, { as: admin, body: { version: 1, priority: 7 } })
  const back = await (await follow({ headers: { 'Last-Event-ID': id ?? '' } })).next()
  expect(back).toMatchObject({ event: 'change', data: { partners: [{ partner: { priority: 7 } }] } })
  expect(await (await follow({ headers: { 'Last-Event-ID': 'of-another-process.4' } })).next()).toMatchObject({ event: 'dashboard' })
})

test('nothing waits for a client that does not read; it gets everything at once later', async () => {
  const acme = await create('Acme')
  const { next } = await follow()
  await next()
  for (let version = 1; version <= 5; version++)
    await site.read(`PATCH /api/partners/${acme.id}`, { as: admin, body: { version, priority: version } })
  expect(clock).toMatchObject({ waiting: [], reads: 1 })
  const told = next()
  await pass()
  expect((await told).data).toMatchObject({ partners: [{ partner: { priority: 5 } }] })
})

test('ends within 5 s of the end of its session', async () => {
  const { next } = await follow()
  await next()
  await site.db.collection('sessions').deleteMany()
  const told = next()
  // Nothing waits for the next second any more once it has ended.
  for (let second = 0; second < 5; second++) await Promise.race([told, pass().catch(() => undefined)])
  expect(await told).toMatchObject({ event: 'end', data: { reason: 'unauthenticated' } })
  expect(await next()).toBeUndefined()
})

test('ends at once when the process stops', async () => {
  const { next } = await follow()
  await next()
  const told = next()
  await expect.poll(() => clock.waiting.length, { interval: 1 }).toBe(1)
  stopping.abort()
  expect(await told).toMatchObject({ event: 'end', data: { reason: 'stopping' } })
  expect(await next()).toBeUndefined()
})

test('reads nothing for a client that is gone', async () => {
  const { response } = await follow()
  const reader = response.body!.getReader()
  await reader.read()
  await reader.read()
  const told = reader.read()
  await pass()
  await expect.poll(() => clock.waiting.length, { interval: 1 }).toBe(1)
  await reader.cancel()
  await told
  for (const resolve of clock.waiting.splice(0)) resolve()
  expect(clock.waiting).toEqual([])
})

test('a database that does not answer is an error, not a stream', async () => {
  const broken = await openApp((deps) => ({
    dashboardFeed: { ...deps.dashboardFeed, refresh: () => Promise.reject(new Error('the database is away')) },
  }))
  try {
    const response = await broken.request('GET /api/dashboard/stream', { as: await broken.signIn('VIEWER') })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: 'internal' } })
  } finally {
    await broken.close()
  }
})
