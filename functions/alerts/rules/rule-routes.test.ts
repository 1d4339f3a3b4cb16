import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { type AlertsUnderTest, openAlerts, refusalOf } from '../alerts-under-test.ts'

type RuleSet = { version: number; rules: FiringRule[] }

let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme')
})
afterEach(() => site.close())

const rules = () => site.read<RuleSet>('GET /rules', { as: 'viewer' })
const put = (version: number, list: unknown) => site.request('PUT /rules', { body: { version, rules: list } })
const rule = {
  id: 'long-queue',
  level: 'MEDIUM',
  conditions: [{ metric: 'queuedCalls', operator: '>', value: 20 }],
  message: '{queuedCalls} calls wait',
}

describe('the rules', () => {
  it('come with the product, all on, until an admin changes them', async () => {
    const { version, rules: list } = await rules()
    expect(version).toBe(0)
    expect(list.map(({ id, level }) => `${level} ${id}`)).toEqual([
      'CRITICAL queue-high-utilization-low',
      'CRITICAL capacity-exhausted',
      'CRITICAL campaigns-far-over-limit',
      'HIGH queue-raised-utilization-low',
      'HIGH campaigns-over-limit',
      'MEDIUM queue-growing',
      'MEDIUM campaigns-near-limit',
    ])
    expect(list.every((each) => each.isOn && each.for === 1 && each.keepFor === 2)).toBe(true)
  })

  it('take a change, which the next capture obeys and the audit log keeps', async () => {
    expect(await (await put(0, [rule])).json()).toEqual({ version: 1, rules: [{ ...rule, for: 1, keepFor: 2, isOn: true }] })
    await site.fire('acme', 21)
    expect(await site.read('GET ')).toMatchObject({ alerts: [{ ruleId: 'long-queue', level: 'MEDIUM', message: '21 calls wait' }] })
    expect((await site.audited()).at(-1)).toMatchObject({ action: 'rules.update', after: { rules: [{ id: 'long-queue' }] } })
  })

  it('refuse a change of a version that somebody else has changed', async () => {
    const both = await Promise.all([put(0, [rule]), put(0, [])])
    expect(both.map((response) => response.status).toSorted()).toEqual([200, 409])
    expect((await put(0, [])).status).toBe(409)
    expect((await rules()).version).toBe(1)
  })

  it('return to those of the product', async () => {
    const before = await rules()
    await put(0, [rule])
    expect((await site.request('POST /rules/reset', { body: { version: 0 } })).status).toBe(409)
    expect(await site.read('POST /rules/reset', { body: { version: 1 } })).toEqual({ version: 2, rules: before.rules })
  })

  it('resolve the alert of a rule that is switched off, or taken away', async () => {
    await put(0, [rule])
    const ids = { off: await site.fire('acme', 30), gone: '' }
    await put(1, [{ ...rule, isOn: false }])
    for (let n = 0; n < 2; n += 1) {
      site.clock.ms += 60_000
      await site.capture('acme', 30)
    }
    expect(await site.read(`GET /${ids.off}`)).toMatchObject({ state: 'resolved' })

    await put(2, [rule])
    site.clock.ms += 60_000
    ids.gone = await site.fire('acme', 30)
    await put(3, [])
    site.clock.ms += 60_000
    await site.capture('acme', 30)
    expect(await site.read(`GET /${ids.gone}`)).toMatchObject({ state: 'resolved' })
  })

  const condition = rule.conditions[0]
  it.each([
    ['an id that is used twice', [rule, rule], 'rules.1.id'],
    ['the id of a rule of the product', [{ ...rule, id: 'ssh-down' }], 'rules.0.id'],
    ['an id with a space', [{ ...rule, id: 'long queue' }], 'rules.0.id'],
    ['a level that does not fire', [{ ...rule, level: 'IDLE' }], 'rules.0.level'],
    ['no condition', [{ ...rule, conditions: [] }], 'rules.0.conditions'],
    ['a metric that there is not', [{ ...rule, conditions: [{ ...condition, metric: 'mood' }] }], 'rules.0.conditions.0.metric'],
    ['an operator that there is not', [{ ...rule, conditions: [{ ...condition, operator: '~' }] }], 'rules.0.conditions.0.operator'],
    ['a text as a value', [{ ...rule, conditions: [{ ...condition, value: '20' }] }], 'rules.0.conditions.0.value'],
    ['no message', [{ ...rule, message: ' ' }], 'rules.0.message'],
    ['a message that names what is no metric', [{ ...rule, message: '{queuedCals} calls wait' }], 'rules.0.message'],
    ['no snapshot at all to fire', [{ ...rule, for: 0 }], 'rules.0.for'],
    ['half a snapshot to resolve', [{ ...rule, keepFor: 1.5 }], 'rules.0.keepFor'],
  ])('refuse %s, and name the field', async (_what, list, path) => {
    const { status, paths } = await refusalOf(await put(0, list))
    expect({ status, path: paths[0] }).toEqual({ status: 422, path })
    expect((await rules()).version).toBe(0)
  })
})
