import { afterEach, beforeEach, expect, test } from 'vitest'
import { newId } from '../../shared/node/ids.ts'
import { openPartners, type PartnersUnderTest, refusalOf } from './partners-under-test.ts'

let site: PartnersUnderTest
beforeEach(async () => {
  site = await openPartners()
})
afterEach(() => site.close())

const addHistory = async (partnerId: string) => {
  const at = new Date(site.clock.ms)
  const expiresAt = new Date(site.clock.ms + 86_400_000)
  const failure = { reason: 'timeout', stage: 'query', message: 'No answer.' }
  await site.snapshots.insert({ _id: newId(), partnerId, snapshotTime: at, expiresAt, ok: false, ...failure })
  await site.rollups.add(partnerId, at, { gapReason: 'timeout' }, { '5m': 60, '1h': 400 })
  const attempt = { kind: 'capture' as const, at, by: 'sweep', ok: false, responseTimeMs: 1, stages: [], hostKey: null }
  await site.logs.insert({ _id: newId(), partnerId, ...attempt, ...failure, expiresAt })
}
const historyOf = async (partnerId: string) => {
  const counts = ['dashboard_snapshots', 'snapshot_rollups', 'connection_logs'].map((name) =>
    site.db.collection(name).countDocuments({ partnerId }),
  )
  return Promise.all(counts)
}

test('removes a partner with its history and its connection, and no other', async () => {
  const [acme, globex] = [await site.create(), await site.create({ partnerName: 'Globex' })]
  await addHistory(acme.id)
  await addHistory(globex.id)
  const response = await site.request(`/${acme.id}`, { method: 'DELETE' })
  expect([response.status, await response.text()]).toEqual([204, ''])
  expect(site.dropped).toEqual([acme.id])
  expect(site.notified.count).toBe(3)
  expect(await site.list()).toEqual([globex])
  expect(await historyOf(acme.id)).toEqual([0, 0, 0])
  expect(await historyOf(globex.id)).toEqual([1, 2, 1])
})

test('answers 404 to everything about a partner that was deleted, and its name is free', async () => {
  const { id } = await site.create()
  await site.request(`/${id}`, { method: 'DELETE' })
  for (const response of [
    await site.request(`/${id}`),
    await site.request(`/${id}`, { method: 'DELETE' }),
    await site.patch(id, { version: 1, priority: 5 }),
  ])
    expect(await refusalOf(response)).toMatchObject({ status: 404, code: 'not_found' })
  expect((await site.create()).id).not.toBe(id)
})

test('is done by one of many that delete at once', async () => {
  const { id } = await site.create()
  const answers = await Promise.all([1, 2, 3, 4].map(() => site.request(`/${id}`, { method: 'DELETE' })))
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404])
  expect((await site.audited()).map(({ action }) => action)).toEqual(['partner.create', 'partner.delete'])
})
