import { describe, expect, test } from 'vitest'
import { openApp } from './app-under-test.ts'

describe('the body limit of 1 MB', () => {
  const mebibyte = 1_048_576
  const withLength = (bytes: number, path = '/length') =>
    openApp().request(path, { method: 'POST', body: 'x'.repeat(bytes), headers: { 'Content-Length': String(bytes) } })
  const chunked = (bytes: number) => {
    const chunk = new Uint8Array(65_536).fill(120)
    let left = bytes
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (left === 0) return controller.close()
        const size = Math.min(left, chunk.length)
        left -= size
        controller.enqueue(chunk.slice(0, size))
      },
    })
    return openApp().request(
      new Request('http://localhost/length', { method: 'POST', body, duplex: 'half', headers: { 'Transfer-Encoding': 'chunked' } }),
    )
  }

  test.each([
    ['with a Content-Length', withLength],
    ['sent in chunks', chunked],
  ])('takes a body of exactly 1 MB and answers 413 to one byte more, %s', async (_, send) => {
    expect(await (await send(mebibyte)).json()).toEqual({ length: mebibyte })
    const response = await send(mebibyte + 1)
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      error: { code: 'payload_too_large', message: 'The body is larger than 1048576 bytes.', requestId: 'made-1' },
    })
  })

  test('gives way to the one that a path has of its own', async () => {
    expect((await withLength(2 * mebibyte, '/large')).status).toBe(200)
    const response = await withLength(2 * mebibyte + 1, '/large')
    expect(await response.json()).toMatchObject({ error: { message: 'The body is larger than 2097152 bytes.' } })
  })
})

test.each(['/fine', '/field', '/bug', '/nowhere'])('sends the security headers with %s', async (path) => {
  const { headers } = await openApp().request(path)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  })
})

describe('CORS', () => {
  const allowedFor = async (corsOrigins: string[], origin: string, path = '/fine', method = 'GET') =>
    (
      await openApp({ corsOrigins }).request(path, { method, headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } })
    ).headers.get('access-control-allow-origin')

  test('is off by default', async () => {
    expect(await allowedFor([], 'https://admin.example')).toBeNull()
    expect(await allowedFor([], 'https://admin.example', '/fine', 'OPTIONS')).toBeNull()
  })

  test('lets only listed origins in, for errors and preflights too', async () => {
    const listed = ['https://admin.example', 'https://ops.example']
    for (const [path, method] of [
      ['/fine', 'GET'],
      ['/bug', 'GET'],
      ['/nowhere', 'GET'],
      ['/json', 'OPTIONS'],
    ] as const) {
      expect(await allowedFor(listed, 'https://ops.example', path, method)).toBe('https://ops.example')
      for (const other of ['https://evil.example', 'https://admin.example.evil.example', 'http://admin.example', 'null'])
        expect(await allowedFor(listed, other, path, method)).toBeNull()
    }
  })
})
