import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabases } from '../../../../deployment/testing/test-databases.ts'
import { defaultFiringRules } from '../../../alert/alert-rules.ts'
import { type AlertRuleSet, createAlertRuleSet } from './alert-rule-set.ts'

describe.each(testDatabases)('the rule set on the $name', ({ open }) => {
  let database: TestDatabase
  let rules: AlertRuleSet
  const two = defaultFiringRules.slice(0, 2)
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.db.collection('alert_rules').deleteMany({})
    rules = createAlertRuleSet(database.db)
  })

  test('is the default one until it is written', async () => {
    expect(await rules.readSet()).toEqual({ version: 0, rules: defaultFiringRules })
    expect(await rules.read()).toHaveLength(7)
    expect(await rules.write(0, two)).toBe(true)
    expect(await rules.readSet()).toEqual({ version: 1, rules: two })
    expect(await rules.read()).toEqual(two)
  })

  test('may be empty', async () => {
    await rules.write(0, [])
    expect(await rules.read()).toEqual([])
  })

  test('is written by one of several that read the same version', async () => {
    for (const version of [0, 1, 2]) {
      const written = await Promise.all([1, 2, 3, 4].map((n) => rules.write(version, two.slice(0, n % 2))))
      expect(written.filter(Boolean)).toHaveLength(1)
    }
    expect((await rules.readSet()).version).toBe(3)
    expect(await rules.write(0, two)).toBe(false)
    expect(await rules.write(9, two)).toBe(false)
  })
})
