import { beforeEach, expect, test } from 'vitest'
import { createLog } from '../../shared/node/log.ts'
import { createDashboardFeed, type DashboardFeed } from './create-dashboard-feed.ts'
import { type RenderedDashboard, renderDashboard } from './render-dashboard.ts'
import type { Dashboard, DashboardChange } from './schema.ts'

const row = (id: string, activeCalls: number) => ({ partner: { id }, state: 'ok', snapshot: { activeCalls }, trend: [] })
const alert = (id: string, message = 'Not reached.') => ({ id, partnerId: 'a', message })

/** The parts of a dashboard that the test is about. */
const dashboard = (rows: object[], changes: { alerts?: object[]; active?: number; minute?: number } = {}) => {
  const { alerts = [], active = 0, minute = 0 } = changes
  return {
    overview: { activeCalls: active, lastUpdated: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() },
    alerts: { critical: alerts.length, high: 0, medium: 0, offline: 0 },
    firing: { count: alerts.length, alerts },
    partners: rows,
  } as unknown as Dashboard
}

let feed: DashboardFeed
let stopping: AbortController
let world: { current: RenderedDashboard; reads: number; error: Error | null; ticks: (() => void)[]; ms: number }
beforeEach(() => {
  world = { current: renderDashboard(dashboard([row('a', 1), row('b', 2)])), reads: 0, error: null, ticks: [], ms: 0 }
  stopping = new AbortController()
  feed = createDashboardFeed({
    source: {
      current: async () => {
        world.reads += 1
        if (world.error) throw world.error
        return world.current
      },
    },
    wait: (_ms, signal) =>
      new Promise((resolve) => {
        world.ticks.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    stopping: stopping.signal,
    newId: () => 'feed',
    monotonicMs: () => world.ms,
    log: createLog({ level: 'silent' }),
  })
})
const tickTo = async (next: Dashboard) => {
  world.current = renderDashboard(next)
  const ticked = feed.nextTick()
  world.ticks.shift()?.()
  await ticked
}
/** The event that the bytes say, as the client reads it. */
const updateAfter = (id: string | undefined) => {
  const update = feed.updateAfter(id)
  if (!update) return null
  const [, event, data = ''] = new TextDecoder().decode(update.bytes).split(/^id: feed\.\d+\nevent: (\w+)\ndata: (.*)\n\n$/)
  return { event, id: update.id, data: JSON.parse(data) as unknown }
}
const changeAfter = (id: string) => updateAfter(id)?.data as DashboardChange

test('a client that has nothing gets everything, as GET /api/dashboard answers it', async () => {
  await feed.refresh()
  expect(updateAfter(undefined)).toEqual({ event: 'dashboard', id: 'feed.1', data: dashboard([row('a', 1), row('b', 2)]) })
  expect(feed.updateAfter('feed.1')).toBeNull()
})

test('a change carries the rows that differ, the ids of those that are gone, and no more', async () => {
  await feed.refresh()
  await tickTo(dashboard([row('a', 1), row('c', 3)], { minute: 1 }))
  expect(updateAfter('feed.1')).toMatchObject({ event: 'change', id: 'feed.2' })
  expect(changeAfter('feed.1')).toEqual({ at: '2026-01-01T00:01:00.000Z', partners: [row('c', 3)], removed: ['b'] })
})

test('a change of totals and of alerts says what is so now', async () => {
  await feed.refresh()
  await tickTo(dashboard([row('a', 1), row('b', 2)], { active: 9, alerts: [alert('x'), alert('y')], minute: 1 }))
  expect(changeAfter('feed.1')).toMatchObject({
    overview: { activeCalls: 9 },
    alerts: { critical: 2 },
    firing: { count: 2, alerts: [alert('x'), alert('y')], removed: [] },
    partners: [],
  })
  await tickTo(dashboard([row('a', 1), row('b', 2)], { active: 9, alerts: [alert('y', 'Worse.')], minute: 2 }))
  expect(changeAfter('feed.2')).toMatchObject({ firing: { count: 1, alerts: [alert('y', 'Worse.')], removed: ['x'] } })
  expect(changeAfter('feed.2')).not.toHaveProperty('overview')
})

test('time alone changes nothing, but is known', async () => {
  await feed.refresh()
  await tickTo(dashboard([row('a', 1), row('b', 2)], { minute: 7 }))
  expect(feed.updateAfter('feed.1')).toBeNull()
  expect(feed.knownAt()).toBe('2026-01-01T00:07:00.000Z')
})

test('a client that missed changes gets them all at once, each row once', async () => {
  await feed.refresh()
  for (let active = 5; active < 50; active++) await tickTo(dashboard([row('a', active), row('b', 2)], { minute: active }))
  expect(changeAfter('feed.1')).toMatchObject({ partners: [row('a', 49)] })
})

test.each(['other.1', 'feed.99', 'feed.0', 'nonsense'])('a client that names %s gets everything', async (id) => {
  await feed.refresh()
  await tickTo(dashboard([row('a', 3)]))
  expect(updateAfter(id)?.event).toBe('dashboard')
})

test('a hundred clients cost one read a tick and one text a change', async () => {
  await feed.refresh()
  world.current = renderDashboard(dashboard([row('a', 8)], { minute: 1 }))
  const ticked = Array.from({ length: 100 }, () => feed.nextTick())
  expect(world.ticks).toHaveLength(1)
  world.ticks[0]?.()
  await Promise.all(ticked)
  expect(world.reads).toBe(2)
  expect(new Set(Array.from({ length: 100 }, () => feed.updateAfter('feed.1'))).size).toBe(1)
})

test('all who come within 30 s get the same bytes, and then what changed since', async () => {
  await feed.refresh()
  const first = feed.updateAfter(undefined)
  await tickTo(dashboard([row('a', 3), row('b', 2)], { minute: 1 }))
  world.ms = 29_999
  expect(feed.updateAfter(undefined)?.bytes).toBe(first?.bytes)
  expect(changeAfter('feed.1')).toMatchObject({ partners: [row('a', 3)] })
  world.ms = 30_000
  expect(updateAfter(undefined)).toMatchObject({ id: 'feed.2', data: { partners: [row('a', 3), row('b', 2)] } })
})

test('clients at 1,000 different versions are sent few different texts', async () => {
  await feed.refresh()
  for (let active = 5; active < 1_005; active++) await tickTo(dashboard([row('a', active), row('b', 2)], { minute: active }))
  const texts = new Set(Array.from({ length: 1_000 }, (_, version) => feed.updateAfter(`feed.${version + 1}`)?.bytes))
  expect(texts.size).toBeLessThanOrEqual(8)
})

test('a read that fails costs nobody the stream, and what is known keeps its time', async () => {
  await feed.refresh()
  world.error = new Error('the database is away')
  await tickTo(dashboard([row('a', 3)], { minute: 1 }))
  expect(feed.knownAt()).toBe('2026-01-01T00:00:00.000Z')
  world.error = null
  await tickTo(dashboard([row('a', 3)], { minute: 2 }))
  expect(changeAfter('feed.1')).toMatchObject({ partners: [row('a', 3)], removed: ['b'] })
})

test('reads nothing more when the process stops', async () => {
  await feed.refresh()
  const ticked = feed.nextTick()
  stopping.abort()
  await ticked
  expect(world.reads).toBe(1)
})
