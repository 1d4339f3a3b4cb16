import { MongoClient } from 'mongodb'
import { beforeEach, expect, test } from 'vitest'
import { openApp } from '../../deployment/testing/app-under-test.ts'
import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import { createAlertLogStore } from '../../shared/node/mongo/alerts/alert-logs.ts'
import { createAlertStateStore } from '../../shared/node/mongo/alerts/alert-states.ts'
import { createMaintenanceWindowStore } from '../../shared/node/mongo/alerts/maintenance-windows.ts'
import { createPartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { createSettingsStore } from '../../shared/node/mongo/settings.ts'
import { Settings } from '../../shared/settings.ts'
import { readFiring } from '../alerts/read-firing.ts'
import { createDashboardSource } from './create-dashboard-source.ts'
import type { Dashboard } from './schema.ts'

let world: { ms: number; builds: number; error: Error | null }
beforeEach(() => {
  world = { ms: Date.UTC(2026, 2, 2, 12), builds: 0, error: null }
})
const openSource = () =>
  createDashboardSource({
    partners: {
      list: async () => {
        world.builds += 1
        if (world.error) throw world.error
        return []
      },
    },
    settings: { read: async () => Settings.parse({}) },
    readFiring: async () => ({ count: 0, byLevel: { critical: 0, high: 0, medium: 0 }, alerts: [] }),
    now: () => new Date(world.ms),
  })

test('is built once for all who read it at the same moment, and for those of the next second', async () => {
  const source = openSource()
  const texts = await Promise.all(Array.from({ length: 50 }, source.read))
  world.ms += 999
  texts.push(await source.read())
  expect(new Set(texts).size).toBe(1)
  expect(world.builds).toBe(1)
  world.ms += 1
  await source.read()
  expect(world.builds).toBe(2)
})

test('is built again as soon as something that it shows was written, even while it is being built', async () => {
  const source = openSource()
  const early = source.read()
  source.invalidate()
  const late = source.read()
  await Promise.all([early, late])
  expect(world.builds).toBe(2)
  await source.read()
  expect(world.builds).toBe(2)
})

test('an error is not kept: who waits gets it, who asks next does not', async () => {
  const source = openSource()
  world.error = new Error('the database is away')
  const [one, two] = await Promise.allSettled([source.read(), source.read()])
  expect([one, two]).toMatchObject([{ reason: world.error }, { reason: world.error }])
  world.error = null
  expect(JSON.parse(await source.read())).toMatchObject({ partners: [] })
})

test('an error of an outdated build does not throw away the newer one', async () => {
  const source = openSource()
  world.error = new Error('the database is away')
  const outdated = source.read()
  source.invalidate()
  world.error = null
  await Promise.all([source.read(), outdated.catch(() => undefined)])
  await source.read()
  expect(world.builds).toBe(2)
})

test('a clock that is set back does not freeze it', async () => {
  const source = openSource()
  await source.read()
  world.ms -= 3_600_000
  await source.read()
  expect(world.builds).toBe(2)
})

test('asks the database the same few questions however long the history is, and none about the history', async () => {
  const database = await openTestDatabase()
  const client = new MongoClient(database.url, { monitorCommands: true })
  try {
    const asked: string[] = []
    client.on('commandStarted', ({ commandName, command }) => asked.push(`${commandName} ${command[commandName]}`))
    const db = client.db(database.db.databaseName)
    const alertLogs = createAlertLogStore(db)
    const now = () => new Date()
    const windows = createMaintenanceWindowStore(db)
    const source = createDashboardSource({
      partners: createPartnerStore(db),
      settings: createSettingsStore(db),
      readFiring: (limit) => readFiring({ alertLogs, states: createAlertStateStore(db), windows, now }, limit),
      now,
    })
    const build = async () => {
      asked.length = 0
      source.invalidate()
      await source.read()
      return [...asked].sort()
    }
    const questions = await build()
    const counts = Array(3).fill('aggregate alert_logs')
    expect(questions).toEqual([...counts, 'find alert_logs', 'find partner_configs', 'find settings'])
    const history = Array.from({ length: 5_000 }, (_, index) => ({ partnerId: 'acme', snapshotTime: new Date(index * 60_000), ok: true }))
    await database.db.collection('dashboard_snapshots').insertMany(history)
    expect(await build()).toEqual(questions)
  } finally {
    await client.close()
    await database.close()
  }
})

test('shows over HTTP at once what was just written, and is not kept by anybody in between', async () => {
  const site = await openApp()
  try {
    const as = await site.signIn('ADMIN')
    const dashboard = () => site.read<Dashboard>('GET /api/dashboard', { as })
    expect((await dashboard()).partners).toEqual([])
    const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'secret' }
    const { id } = await site.read<{ id: string }>('POST /api/partners', { as, body: { partnerName: 'Acme', db } })
    expect(await dashboard()).toMatchObject({ overview: { totalPartners: 1, coveredPartners: 0 }, partners: [{ state: 'never' }] })
    await site.read('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })
    expect(await dashboard()).toMatchObject({ partners: [{ state: 'failing', snapshot: null, trend: [[expect.any(Number), null]] }] })
    expect((await site.request('GET /api/dashboard', { as })).headers.get('cache-control')).toBe('no-store')
  } finally {
    await site.close()
  }
})
