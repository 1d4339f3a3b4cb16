import { Hono } from 'hono'
import { beforeEach, expect, test } from 'vitest'
import { receivedEvents } from '../../deployment/testing/received-events.ts'
import { AppError } from '../errors.ts'
import { createLog } from '../node/log.ts'
import type { AppEnv } from './app-env.ts'
import { createApp } from './create-app.ts'
import { eventStream, type ServerEvent } from './event-stream.ts'

let asked: number
let ended: boolean
let lines: string[]
beforeEach(() => {
  asked = 0
  ended = false
  lines = []
})

async function* count(to: number, failsAt: number | null): AsyncGenerator<ServerEvent> {
  try {
    for (let n = 1; n <= to; n++) {
      asked = n
      if (n === failsAt) throw n === 1 ? new AppError('conflict', 'Not now.') : new Error('internals')
      yield { event: 'count', id: `id ${n}`, data: JSON.stringify({ n, text: 'line\nfeed' }) }
    }
  } finally {
    ended = true
  }
}

const request = (to: number, options: { failsAt?: number; method?: string } = {}) => {
  const app = createApp({
    log: createLog({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    corsOrigins: [],
    newId: () => 'request-1',
    peer: () => ({ address: '', trusted: false }),
    monotonicMs: () => 0,
  })
  const counting = new Hono<AppEnv>().get('/', (c) => eventStream(c, () => count(to, options.failsAt ?? null)))
  return app.route('/count', counting).request('/count', { method: options.method ?? 'GET' })
}
const all = async (response: Response) => Array.fromAsync(receivedEvents(response))

test('sends the events in order, each with its id, and ends', async () => {
  const response = await request(2)
  const data = (n: number) => ({ n, text: 'line\nfeed' })
  expect(await all(response.clone())).toEqual([
    { event: 'count', id: 'id 1', data: data(1) },
    { event: 'count', id: 'id 2', data: data(2) },
  ])
  expect(await response.text()).toMatch(/^retry: 3000\nid: id 1\nevent: count\ndata: \{.*\}\n\nid: id 2\nevent: count\ndata: .*\n\n$/)
})

test('asks for an event only when the one before was taken, and no more when the client goes', async () => {
  const reader = (await request(1_000)).body!.getReader()
  expect(asked).toBe(1)
  await reader.read()
  expect(asked).toBe(1)
  await reader.read()
  expect(asked).toBe(2)
  await reader.cancel()
  expect({ asked, ended }).toEqual({ asked: 2, ended: true })
})

test('what fails before the first event is answered as any error', async () => {
  const response = await request(3, { failsAt: 1 })
  expect(response.status).toBe(409)
  expect(await response.json()).toEqual({ error: { code: 'conflict', message: 'Not now.', requestId: 'request-1' } })
})

test('what fails later is the last event, which tells no internals, and is logged', async () => {
  const events = receivedEvents(await request(3, { failsAt: 2 }))
  expect(await events.next()).toMatchObject({ value: { event: 'count' } })
  await expect(events.next()).rejects.toMatchObject({
    code: 'internal',
    message: 'Something went wrong on our side.',
    requestId: 'request-1',
  })
  expect(await events.next()).toEqual({ done: true, value: undefined })
  expect(lines.join()).toContain('internals')
})

test('HEAD starts nothing that goes on', async () => {
  const response = await request(1_000, { method: 'HEAD' })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(await response.text()).toBe('')
  expect(ended).toBe(true)
})
