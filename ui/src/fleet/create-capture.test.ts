import { expect, test } from 'vitest'
import { createClient } from '../api/client.ts'
import { createCapture } from './create-capture.ts'

/** A server that answers each capture with a stream on which the test speaks. */
const startServer = () => {
  const asked: unknown[] = []
  const streams: ReadableStreamDefaultController<Uint8Array>[] = []
  const fetch = async (_input: unknown, init?: RequestInit) => {
    asked.push(JSON.parse(String(init?.body)))
    return new Response(new ReadableStream({ start: (controller) => void streams.push(controller) }))
  }
  const say = async (event: string, data: unknown, stream = 0) => {
    streams[stream]?.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { asked, streams, say, client: createClient(fetch as typeof globalThis.fetch) }
}
const names = (capture: ReturnType<typeof createCapture>) => Object.fromEntries([...capture.steps()].map(([id, { name }]) => [id, name]))

test('shows for each partner how far a capture of all is', async () => {
  const { asked, say, client } = startServer()
  const capture = createCapture(client)
  const over = capture.start()
  await say('started', { partnerIds: ['a', 'b'] })
  expect([asked, names(capture), capture.isRunning()]).toEqual([[{}], { a: 'running', b: 'running' }, true])
  await say('captured', { partnerId: 'b', ok: false, reason: 'timeout', stage: 'ssh-connect', message: 'No answer.' })
  expect(capture.steps().get('b')).toEqual({ name: 'failed', message: 'No answer.' })
  await say('captured', { partnerId: 'a', ok: true, snapshot: {} })
  await say('done', { ok: 1, failed: 1 })
  await over
  expect([names(capture), capture.isRunning(), capture.error()]).toEqual([{ a: 'ok', b: 'failed' }, false, null])
})

test('a stream that breaks leaves no capture running, and says that the result is not known', async () => {
  const { streams, say, client } = startServer()
  const capture = createCapture(client)
  const over = capture.start(['a', 'b'])
  await say('started', { partnerIds: ['a', 'b'] })
  await say('captured', { partnerId: 'a', ok: true, snapshot: {} })
  streams[0]?.close()
  await over
  expect(names(capture)).toEqual({ a: 'ok', b: 'failed' })
  expect(capture.error()).toMatchObject({ code: 'interrupted' })
})

test('captures that run at the same time are counted together, and forgotten when the next starts alone', async () => {
  const { say, client } = startServer()
  const capture = createCapture(client)
  const first = capture.start(['a'])
  const second = capture.start(['b'])
  await say('started', { partnerIds: ['a'] })
  for (const [stream, partnerId] of ['a', 'b'].entries()) {
    await say('captured', { partnerId, ok: true, snapshot: {} }, stream)
    await say('done', { ok: 1, failed: 0 }, stream)
  }
  await Promise.all([first, second])
  expect(names(capture)).toEqual({ a: 'ok', b: 'ok' })
  void capture.start(['c'])
  expect(names(capture)).toEqual({ c: 'running' })
})
