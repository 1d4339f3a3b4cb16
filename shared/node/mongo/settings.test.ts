import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../deployment/testing/test-databases.ts'
import { Settings } from '../../settings.ts'
import { createSettingsStore, type SettingsStore } from './settings.ts'

const defaults = Settings.parse({})

describe.each(testDatabases)('settings on the $name', ({ open }) => {
  let database: TestDatabase
  let settings: SettingsStore
  beforeAll(async () => {
    database = await open()
    settings = createSettingsStore(database.db)
  })
  afterAll(() => database.close())
  beforeEach(() => database.db.collection('settings').deleteMany({}))

  test('are the defaults until one is changed', async () => {
    expect(await settings.read()).toEqual(defaults)
  })

  test('a change leaves the others as they are, and only what was changed is stored', async () => {
    await settings.write({ captureIntervalSeconds: 30 })
    await settings.write({ queryTimeoutMs: 2_000, rawRetentionDays: 3 })
    await settings.write({ rawRetentionDays: 4 })
    const changed = { captureIntervalSeconds: 30, queryTimeoutMs: 2_000, rawRetentionDays: 4 }
    expect(await settings.read()).toEqual({ ...defaults, ...changed })
    expect(await database.db.collection('settings').find().toArray()).toMatchObject([{ values: changed }])
  })

  test('changes that several admins make at once are all kept', async () => {
    const { heartbeatUrl, allowedNetworks, ...numbers } = defaults
    const names = Object.keys(numbers) as (keyof typeof numbers)[]
    await settings.write({ captureIntervalSeconds: 30 })
    await Promise.all(names.map((name) => settings.write({ [name]: defaults[name] + 1 })))
    expect(await settings.read()).toEqual({
      heartbeatUrl,
      allowedNetworks,
      ...Object.fromEntries(names.map((name) => [name, defaults[name] + 1])),
    })
  })

  test('a value that only another version knows is left out and kept', async () => {
    await settings.write({ captureIntervalSeconds: 30, ...{ fromTomorrow: 1 } })
    expect(await settings.read()).toEqual({ ...defaults, captureIntervalSeconds: 30 })
    await settings.write({ captureIntervalSeconds: 40 })
    expect(await database.db.collection('settings').findOne({})).toMatchObject({ values: { fromTomorrow: 1 } })
  })
})
