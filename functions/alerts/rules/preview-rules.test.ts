import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlertsUnderTest, metricsWith, openAlerts, refusalOf } from '../alerts-under-test.ts'

type Preview = { alerts: { partnerId: string; ruleId: string; message: string; firedAt: string; resolvedAt: string | null }[] }

const minuteMs = 60_000
const longQueue = {
  id: 'long-queue',
  level: 'MEDIUM',
  conditions: [{ metric: 'queuedCalls', operator: '>', value: 20 }],
  message: '{queuedCalls} calls wait',
  for: 2,
  keepFor: 2,
}

let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme', 'globex')
})
afterEach(() => site.close())

const preview = (body: unknown = {}) => site.read<Preview>('POST /rules/preview', { as: 'viewer', body })
const minutesAgo = (minutes: number) => new Date(site.clock.ms - minutes * minuteMs)

/** Stores one capture a minute that ends now: the depth of the queue, or a gap (`null`). */
const store = async (partnerId: string, ...queues: (number | null)[]) => {
  for (const [index, queuedCalls] of queues.entries()) {
    const snapshotTime = minutesAgo(queues.length - 1 - index)
    const expiresAt = new Date(site.clock.ms + 1_000 * minuteMs)
    const capture = { _id: `${partnerId}:${snapshotTime.toISOString()}`, partnerId, snapshotTime, expiresAt }
    await site.snapshots.insert(
      queuedCalls === null
        ? { ...capture, ok: false, stage: 'ssh-connect', reason: 'refused', message: 'The connection was refused.' }
        : { ...capture, ok: true, ...metricsWith(queuedCalls), pauseAllCampaigns: false, alertLevel: 'NORMAL', alertMessage: '' },
    )
  }
}
const firedAndResolved = ({ alerts }: Preview) => alerts.map(({ partnerId, firedAt, resolvedAt }) => ({ partnerId, firedAt, resolvedAt }))

test('says what would have fired and when it would have resolved', async () => {
  await store('acme', 0, 21, 22, 23, 0, 0, 0)
  expect(await preview({ rules: [longQueue] })).toEqual({
    alerts: [
      {
        partnerId: 'acme',
        ruleId: 'long-queue',
        level: 'MEDIUM',
        message: '22 calls wait',
        firedAt: minutesAgo(4).toISOString(),
        resolvedAt: minutesAgo(1).toISOString(),
      },
    ],
  })
})

test('tells of every rule that would have fired at the same snapshot', async () => {
  await store('acme', 0, 21, 21)
  const { alerts } = await preview({ rules: [longQueue, { ...longQueue, id: 'same-queue' }] })
  expect(alerts.map(({ ruleId }) => ruleId)).toEqual(['long-queue', 'same-queue'])
})

test('takes a gap for neither a match nor the lack of one', async () => {
  await store('acme', 21, null, null, 21, 0, null, 0)
  expect(firedAndResolved(await preview({ rules: [longQueue] }))).toEqual([
    { partnerId: 'acme', firedAt: minutesAgo(3).toISOString(), resolvedAt: minutesAgo(0).toISOString() },
  ])
})

test('fires nothing for matches that are not in a row, and leaves open what did not resolve', async () => {
  await store('acme', 21, 0, 21, 0, 21, 0)
  await store('globex', 0, 21, 21, 0, 21, 0)
  expect(firedAndResolved(await preview({ rules: [longQueue] }))).toEqual([
    { partnerId: 'globex', firedAt: minutesAgo(3).toISOString(), resolvedAt: null },
  ])
})

test('tries the stored rules when none are given', async () => {
  await store('acme', 250)
  expect(await preview()).toMatchObject({ alerts: [{ ruleId: 'queue-high-utilization-low' }] })
  await site.read('PUT /rules', { body: { version: 0, rules: [{ ...longQueue, for: 1 }] } })
  expect(await preview()).toMatchObject({ alerts: [{ ruleId: 'long-queue' }] })
  await site.read('PUT /rules', { body: { version: 1, rules: [{ ...longQueue, for: 1, isOn: false }] } })
  expect(await preview()).toEqual({ alerts: [] })
})

test('covers the hours and the partners that are asked for, in the order of firing', async () => {
  await store('acme', ...[250, ...Array.from({ length: 90 }, () => 0)])
  await store('globex', 250, 0, 0, 250)
  const partnersOf = async (body: unknown) => (await preview(body)).alerts.map((alert) => alert.partnerId)
  expect(await partnersOf({ hours: 2 })).toEqual(['acme', 'globex', 'globex'])
  expect(await partnersOf({ hours: 1 })).toEqual(['globex', 'globex'])
  expect(await partnersOf({ hours: 2, partnerIds: ['acme'] })).toEqual(['acme'])
  expect(await partnersOf({ hours: 2, partnerIds: [] })).toEqual([])
})

test('writes nothing', async () => {
  await store('acme', 250, 0, 0, 250)
  const contents = async () => {
    const names = (await site.db.listCollections().toArray()).map(({ name }) => name).toSorted()
    return Promise.all(names.map(async (name) => [name, await site.db.collection(name).find().toArray()]))
  }
  const before = await contents()
  expect((await preview({ rules: [{ ...longQueue, for: 1 }] })).alerts).toHaveLength(2)
  expect(await contents()).toEqual(before)
  await site.pass(0)
  expect(site.sent).toEqual([])
})

test.each([
  ['hours', { hours: 0 }, 'hours'],
  ['more hours than are kept', { hours: 169 }, 'hours'],
  ['a rule that is not valid', { rules: [{ ...longQueue, for: 0 }] }, 'rules.0.for'],
])('refuses %s, and names the field', async (_what, body, path) => {
  expect(await refusalOf(await site.request('POST /rules/preview', { body }))).toEqual({ status: 422, code: 'invalid', paths: [path] })
})
