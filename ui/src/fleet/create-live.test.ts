import { createRoot } from 'solid-js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ServerEvent } from '../api/read-events.ts'
import { createLive } from './create-live.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server whose streams the test speaks on, and which can be down. */
const startServer = () => {
  const streams: { say: (text: string) => void; cut: () => void; lastEventId: string | null }[] = []
  const state = { isStreaming: true, isUp: true, polls: 0 }
  const open = async (lastEventId: string | null, signal: AbortSignal) => {
    if (!state.isUp || !state.isStreaming) throw new TypeError('refused')
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        signal.addEventListener('abort', () => controller.error(signal.reason))
        streams.push({
          say: (text) => controller.enqueue(new TextEncoder().encode(text)),
          cut: () => controller.error(new TypeError('network error')),
          lastEventId,
        })
      },
    })
    return new Response(body)
  }
  const poll = async () => {
    if (!state.isUp) throw new TypeError('refused')
    state.polls += 1
  }
  return { state, streams, open, poll, stream: () => streams.at(-1) ?? expect.unreachable('no stream was opened') }
}

const follow = (server: ReturnType<typeof startServer>) => {
  const taken: ServerEvent[] = []
  const { live, dispose } = createRoot((dispose) => ({
    live: createLive({ open: server.open, poll: server.poll, take: (event) => taken.push(event) }),
    dispose,
  }))
  return { ...live, taken, stop: dispose }
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const event = (id: number) => `id: ${id}\nevent: change\ndata: {}\n\n`
const heartbeat = 'event: heartbeat\ndata: {}\n\n'

test('is live once the stream speaks, and asks for nothing beside it', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(0)
  expect(live.connection()).toBe('connecting')
  server.stream().say(event(1))
  await pass(60)
  expect(live.connection()).toBe('live')
  expect(live.taken).toEqual([{ event: 'change', data: '{}', id: '1' }])
  for (let beat = 0; beat < 10; beat += 1) {
    await pass(15_000)
    server.stream().say(heartbeat)
  }
  await pass(0)
  expect([live.connection(), server.state.polls, server.streams.length]).toEqual(['live', 0, 1])
  live.stop()
})

test('polls when the stream is cut, and is live again from the last event that it saw', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(0)
  server.stream().say(event(7))
  await pass(0)
  server.state.isStreaming = false
  server.stream().cut()
  await pass(0)
  expect(live.connection()).toBe('polling')
  await pass(11_000)
  expect(server.state.polls).toBeGreaterThanOrEqual(3)
  server.state.isStreaming = true
  await pass(20_000)
  expect(server.stream().lastEventId).toBe('7')
  server.stream().say(event(8))
  await pass(0)
  expect(live.connection()).toBe('live')
  const { polls } = server.state
  await pass(20_000)
  expect(server.state.polls).toBe(polls)
  live.stop()
})

test('a stream that falls silent is dead', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(0)
  server.stream().say(event(1))
  await pass(24_000)
  expect(live.connection()).toBe('live')
  await pass(2_000)
  expect(live.connection()).toBe('polling')
  expect(server.state.polls).toBe(1)
  live.stop()
})

test('a stream that never speaks is left as well', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(26_000)
  expect(live.connection()).toBe('polling')
  live.stop()
})

test('says so when the server does not answer at all, and tries at growing distances', async () => {
  const server = startServer()
  server.state.isUp = false
  let attempts = 0
  const { live, dispose } = createRoot((dispose) => ({
    live: createLive({
      open: async (id, signal) => {
        attempts += 1
        return server.open(id, signal)
      },
      poll: server.poll,
      take: () => {},
    }),
    dispose,
  }))
  await pass(0)
  expect(live.connection()).toBe('offline')
  expect(live.error()).toBeInstanceOf(TypeError)
  await pass(120_000)
  expect(attempts).toBeGreaterThanOrEqual(6)
  expect(attempts).toBeLessThanOrEqual(10)
  server.state.isUp = true
  live.hurry()
  await pass(0)
  server.stream().say(event(1))
  await pass(0)
  expect([live.connection(), live.error()]).toEqual(['live', null])
  dispose()
})

test('a stream that ends as its token did is opened again at once, without a word', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(0)
  server.stream().say(event(1))
  server.stream().say('event: end\ndata: {"reason":"unauthenticated"}\n\n')
  await pass(0)
  expect(server.streams.length).toBe(2)
  expect([live.connection(), server.state.polls]).toEqual(['live', 0])
  live.stop()
})

test('a server that ends every stream at once is not asked in a loop', async () => {
  const server = startServer()
  const live = follow(server)
  await pass(0)
  server.stream().say('event: end\ndata: {"reason":"unauthenticated"}\n\n')
  await pass(100)
  expect(server.streams.length).toBe(1)
  live.stop()
})

test('an event that cannot be taken breaks the stream', async () => {
  const server = startServer()
  const { live, dispose } = createRoot((dispose) => ({
    live: createLive({
      open: server.open,
      poll: server.poll,
      take: ({ data }) => void JSON.parse(data),
    }),
    dispose,
  }))
  await pass(0)
  server.stream().say('event: change\ndata: {"par\n\n')
  await pass(0)
  expect(live.connection()).toBe('polling')
  dispose()
})
