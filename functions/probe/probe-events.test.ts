import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { type ReceivedEvent, receivedEvents } from '../../deployment/testing/received-events.ts'
import type { ConnectionLogDoc } from '../../shared/node/mongo/partners/connection-logs.ts'

const allStages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect', 'query']
const Accept = 'text/event-stream'

let site: AppUnderTest
let partner: SimulatedPartner
let as: string
beforeAll(async () => {
  ;[site, partner] = await Promise.all([openApp(), startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })])
  as = await site.signIn('ADMIN')
})
afterAll(async () => {
  await site.close()
  await partner.stop()
})

const connection = (changes: { ssh?: object; db?: object } = {}) => {
  const { privateKey: _, ...ssh } = partner.ssh
  return { ssh: { ...ssh, ...changes.ssh }, db: { ...partner.db, ...changes.db } }
}
const probe = (body: object) => site.request('POST /api/probe', { as, body, headers: { Accept } })
const eventsOf = async (response: Response) => Array.fromAsync(receivedEvents(response))
const namesOf = (events: ReceivedEvent[]) =>
  events.map(({ event, data }) => (event === 'stage' ? (data as { stage: string }).stage : event))

test('a probe tells each stage as it ends, and the result last, the same that it answers as JSON', async () => {
  const events = await eventsOf(await probe(connection()))
  expect(namesOf(events)).toEqual([...allStages, 'result'])
  const stages = events.slice(0, -1).map(({ data }) => data)
  expect(events.at(-1)?.data).toMatchObject({ ok: true, reason: null, stages })
  const json = await site.request('POST /api/probe', { as, body: connection() })
  expect(json.headers.get('content-type')).toBe('application/json')
  expect(await json.json()).toMatchObject({
    ...{ ok: true, stages: allStages.map((stage) => ({ stage })), rights: { missing: [] } },
    cost: { ms: expect.any(Number), rowsExamined: expect.any(Number), indexes: [] },
  })
})

test('a saved partner is probed the same way', async () => {
  const { id } = await site.read<{ id: string }>('POST /api/partners', { as, body: { partnerName: 'Acme', ...connection() } })
  const events = await eventsOf(await site.request(`POST /api/probe/${id}`, { as, headers: { Accept } }))
  expect(namesOf(events)).toEqual([...allStages, 'result'])
})

test.each([
  [{ ssh: { password: 'wrong' } }, ['ssh-connect', 'host-key', 'ssh-auth'], 'ssh-auth'],
  [{ db: { password: 'wrong' } }, ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect'], 'db-auth'],
])('a probe that fails ends with the stage that failed: %j', async (changes, stages, reason) => {
  const events = await eventsOf(await probe(connection(changes)))
  expect(namesOf(events)).toEqual([...stages, 'result'])
  expect(events.at(-2)?.data).toMatchObject({ ok: false })
  expect(events.at(-1)?.data).toMatchObject({ ok: false, reason, stage: stages.at(-1) })
})

test('a partner that is unknown, and input that is wrong, are errors as ever', async () => {
  expect((await site.request('POST /api/probe/nobody', { as, headers: { Accept } })).status).toBe(404)
  expect((await probe({ db: {} })).status).toBe(422)
})

test('a client that goes away ends the probe and its connection, and the log says so', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const gone = new AbortController()
  const { port } = server.address() as { port: number }
  const answer = site.app.request('/api/probe', {
    method: 'POST',
    headers: { Authorization: `Bearer ${as}`, 'Content-Type': 'application/json', Accept },
    body: JSON.stringify(connection({ ssh: { port } })),
    signal: gone.signal,
  })
  const [socket] = await accepted
  const closed = once(socket.resume(), 'close')
  gone.abort()
  await closed
  await answer
  const logs = site.db.collection<ConnectionLogDoc>('connection_logs')
  await expect.poll(() => logs.countDocuments({ reason: 'aborted' })).toBe(1)
  server.close()
})
