import { Hono } from 'hono'
import { beforeEach, expect, test } from 'vitest'
import { receivedEvents } from '../../deployment/testing/received-events.ts'
import { AppError } from '../errors.ts'
import { createLog } from '../node/log.ts'
import type { AppEnv } from './app-env.ts'
import { createApp } from './create-app.ts'
import { createOpenStreams } from './create-open-streams.ts'
import { eventStream, type ServerEvent, type StreamDeps } from './event-stream.ts'
import { requireUser } from './guards.ts'

let asked: number
let ended: boolean
let lines: string[]
/** The process's time, which passes when the test says so. */
let clock: { ms: number; waiting: (() => void)[] }
let hungUp: number
let isSignedIn: boolean
let deps: StreamDeps
beforeEach(() => {
  asked = 0
  ended = false
  lines = []
  clock = { ms: 0, waiting: [] }
  hungUp = 0
  isSignedIn = true
  deps = {
    authenticate: async (id) => (isSignedIn ? { kind: 'token', id, name: id, scopes: [] } : null),
    streams: createOpenStreams({
      monotonicMs: () => clock.ms,
      stopping: new AbortController().signal,
      wait: () => new Promise((resolve) => clock.waiting.push(resolve)),
      hangUp: () => {
        hungUp += 1
      },
    }),
  }
})
const pass = async (seconds: number) => {
  for (let second = 0; second < seconds; second++) {
    clock.ms += 1_000
    for (const resolve of clock.waiting.splice(0)) resolve()
    await new Promise(setImmediate)
  }
}

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

const request = (to: number, options: { failsAt?: number; method?: string; as?: string } = {}) => {
  const app = createApp({
    log: createLog({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    corsOrigins: [],
    newId: () => 'request-1',
    peer: () => ({ address: '', trusted: false }),
    monotonicMs: () => 0,
  })
  const counting = new Hono<AppEnv>().use(requireUser(deps)).get('/', (c) => eventStream(c, deps, () => count(to, options.failsAt ?? null)))
  const headers = { Authorization: `Bearer ${options.as ?? 'one'}` }
  return app.route('/count', counting).request('/count', { method: options.method ?? 'GET', headers })
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

test('a client that takes no event for 30 s is cut off, also when it never took one', async () => {
  await request(1_000)
  const reader = (await request(1_000)).body!.getReader()
  await pass(20)
  await reader.read()
  await pass(9)
  expect(hungUp).toBe(0)
  await pass(1)
  expect(hungUp).toBe(1)
  await pass(20)
  expect(hungUp).toBe(2)
  expect(ended).toBe(true)
})

test('one that reads slowly, but each event within 30 s, is served to the end', async () => {
  const reader = (await request(5)).body!.getReader()
  for (let { done } = await reader.read(); !done; { done } = await reader.read()) await pass(29)
  expect({ asked, hungUp }).toEqual({ asked: 5, hungUp: 0 })
})

test('when its session ends, a client that does not read is cut off within 5 s', async () => {
  await request(1_000)
  isSignedIn = false
  await pass(5)
  expect(hungUp).toBe(1)
})

test('a check of the session that fails costs nobody the stream', async () => {
  await request(1_000)
  const { authenticate } = deps
  deps.authenticate = () => Promise.reject(new Error('the database is away'))
  await pass(10)
  expect(hungUp).toBe(0)
  deps.authenticate = authenticate
  isSignedIn = false
  await pass(2)
  expect(hungUp).toBe(1)
})

test('a user or token has up to 20 streams, and all together 1,000; one that ends makes room', async () => {
  const refused = async (as: string) => {
    const response = await request(1_000, { as })
    return response.ok ? false : { status: response.status, retryAfter: response.headers.get('retry-after') }
  }
  const open = await Promise.all(Array.from({ length: 1_000 }, (_, n) => request(1_000, { as: `owner-${n % 50}` })))
  expect(open.every((response) => response.ok)).toBe(true)
  const refusal = { status: 429, retryAfter: '30' }
  expect(await refused('another')).toEqual(refusal)
  await Promise.all(open.slice(0, 50).map((response) => response.body?.cancel()))
  for (let n = 0; n < 20; n++) expect(await refused('another')).toBe(false)
  expect(await refused('another')).toEqual(refusal)
  expect(await refused('owner-7')).toBe(false)
  await pass(30)
  expect(await refused('another')).toBe(false)
})

test('what failed to begin, HEAD and what came to its end count no more', async () => {
  for (let n = 0; n < 30; n++) {
    await request(3, { failsAt: 1 })
    await request(1_000, { method: 'HEAD' })
    await (await request(1)).text()
  }
  expect((await request(1)).status).toBe(200)
})
