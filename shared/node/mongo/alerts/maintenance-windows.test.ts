import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { at } from '../docs-under-test.ts'
import { createMaintenanceWindowStore, type MaintenanceWindowDoc, type MaintenanceWindowStore } from './maintenance-windows.ts'

const once: MaintenanceWindowDoc = {
  _id: 'w1',
  name: 'Move',
  partnerIds: ['acme'],
  schedule: { type: 'once', from: at(10), to: at(20) },
  createdBy: 'Ada',
  createdAt: at(2),
}
const nightly: MaintenanceWindowDoc = {
  ...once,
  _id: 'w2',
  partnerIds: null,
  schedule: { type: 'recurring', cron: '0 3 * * *', timezone: 'Europe/Berlin', durationMinutes: 30 },
  createdAt: at(1),
}

describe.each(testDatabases)('maintenance windows on the $name', ({ open }) => {
  let database: TestDatabase
  let windows: MaintenanceWindowStore
  beforeAll(async () => {
    database = await open()
    windows = createMaintenanceWindowStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('maintenance_windows').deleteMany({})
    for (const window of [once, nightly]) await windows.insert(window)
  })

  test('are listed as they were stored, in the order in which they were made', async () => {
    expect(await windows.list()).toEqual([nightly, once])
  })

  test('are replaced, and keep who made them and when', async () => {
    const { name, partnerIds, schedule } = { ...nightly, name: 'Longer' }
    expect(await windows.replace('w1', { name, partnerIds, schedule })).toEqual(once)
    expect(await windows.list()).toEqual([nightly, { ...once, name, partnerIds, schedule }])
    expect(await windows.replace('nothing', { name, partnerIds, schedule })).toBeNull()
  })

  test('are removed once', async () => {
    expect(await windows.remove('w1')).toEqual(once)
    expect(await windows.remove('w1')).toBeNull()
    expect(await windows.list()).toEqual([nightly])
  })
})
