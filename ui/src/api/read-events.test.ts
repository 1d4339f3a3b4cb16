import { expect, test } from 'vitest'
import { readEvents } from './read-events.ts'

const answer = (...chunks: Uint8Array<ArrayBuffer>[]) =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      },
    }),
  )

test('reads events whole, wherever the network cut them, a letter of two bytes included', async () => {
  const bytes = new TextEncoder().encode(
    ': hello\nid: 7\nevent: change\ndata: {"name":"Zoë"}\n\ndata: a\ndata: b\n\nevent: cut\ndata: never ended',
  )
  for (let at = 0; at <= bytes.length; at += 1)
    expect(await Array.fromAsync(readEvents(answer(bytes.slice(0, at), bytes.slice(at))))).toEqual([
      { event: 'change', data: '{"name":"Zoë"}', id: '7' },
      { event: 'message', data: 'a\nb', id: null },
    ])
})

test('throws what broke the stream, after what had arrived', async () => {
  const broken = new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      pull: (controller) => controller.error(new TypeError('network error')),
    }),
  )
  const seen: string[] = []
  await expect(async () => {
    for await (const { data } of readEvents(broken)) seen.push(data)
  }).rejects.toThrow('network error')
  expect(seen).toEqual(['1'])
})

test('throws what the server says failed midway', async () => {
  const failed = answer(
    new TextEncoder().encode('event: error\ndata: {"error":{"code":"internal","message":"It broke.","requestId":"r1"}}\n\n'),
  )
  await expect(Array.fromAsync(readEvents(failed))).rejects.toMatchObject({ name: 'ApiError', message: 'It broke.', requestId: 'r1' })
})
