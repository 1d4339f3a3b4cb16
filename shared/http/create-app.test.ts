import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError, invalidField } from '../errors.ts'
import { createLog } from '../log.ts'
import type { AppEnv } from './app-env.ts'
import { json } from './contract.ts'
import { createApp, type Peer } from './create-app.ts'

const proxy: Peer = { address: '10.0.0.1', trusted: true }
const stranger: Peer = { address: '203.0.113.7', trusted: false }

const routes = new Hono<AppEnv>()
  .get('/fine', (c) => c.json({ client: c.get('clientAddress'), secure: c.get('secure') }))
  .get('/conflict', () => {
    throw new AppError('conflict', 'It exists already.', { cause: new Error('E11000 internals') })
  })
  .get('/slow-down', () => {
    throw new AppError('too_many_requests', 'Wait.', { retryAfterSeconds: 30 })
  })
  .get('/field', () => {
    throw invalidField('ssh.host', 'is required')
  })
  .get('/http-exception', () => {
    throw new HTTPException(403, { message: 'Not you.' })
  })
  .get('/teapot', () => {
    throw new HTTPException(418, { message: 'internals of a library' })
  })
  .get('/bug', () => {
    throw new TypeError('cannot read internals of undefined')
  })
  .post('/json', json(z.strictObject({ name: z.string(), nested: z.strictObject({ size: z.int() }).optional() })), (c) =>
    c.json(c.req.valid('json')),
  )
  .on('POST', ['/length', '/large'], async (c) => c.json({ length: (await c.req.text()).length }))

const openApp = (options: { peer?: Peer; corsOrigins?: string[] } = {}) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
  let made = 0
  let ms = 0
  const app = createApp({
    log,
    corsOrigins: options.corsOrigins ?? [],
    newId: () => `made-${++made}`,
    peer: () => options.peer ?? stranger,
    monotonicMs: () => {
      ms += 7
      return ms
    },
    bodyLimits: { '/large': 2_097_152 },
  })
  app.route('/', routes)
  return { request: app.request, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), lines }
}

describe('the request id', () => {
  test('is the one that the trusted proxy sends', async () => {
    const { request, logged } = openApp({ peer: proxy })
    const response = await request('/field', { headers: { 'X-Request-Id': 'from-the-proxy_1' } })
    expect(response.headers.get('x-request-id')).toBe('from-the-proxy_1')
    expect(await response.json()).toMatchObject({ error: { requestId: 'from-the-proxy_1' } })
    expect(logged()).toMatchObject([{ requestId: 'from-the-proxy_1' }])
  })

  test.each(['short', 'x'.repeat(65), 'with spaces in it', '{"json":"in it"}', 'line-feed%0a'])(
    'is made when the proxy sends %o',
    async (proposed) => {
      const response = await openApp({ peer: proxy }).request('/fine', { headers: { 'X-Request-Id': proposed } })
      expect(response.headers.get('x-request-id')).toBe('made-1')
    },
  )

  test('is made when anybody else sends one', async () => {
    const response = await openApp().request('/fine', { headers: { 'X-Request-Id': 'from-a-stranger' } })
    expect(response.headers.get('x-request-id')).toBe('made-1')
  })
})

describe('the client address', () => {
  const clientOf = async (peer: Peer, forwardedFor?: string) => {
    const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }
    return ((await (await openApp({ peer }).request('/fine', { headers })).json()) as { client: string }).client
  }

  test.each([
    ['198.51.100.4', '198.51.100.4'],
    ['1.1.1.1, 198.51.100.4', '198.51.100.4'],
    ['spoofed,2001:db8::5', '2001:db8::5'],
  ])("is the last entry of the trusted proxy's X-Forwarded-For: %s", async (forwardedFor, client) => {
    expect(await clientOf(proxy, forwardedFor)).toBe(client)
  })

  test.each([undefined, '', '198.51.100.4,', 'unknown', '198.51.100.4:1234', '<script>', '999.1.1.1'])(
    "is the proxy's own when its last entry is no address: %o",
    async (forwardedFor) => {
      expect(await clientOf(proxy, forwardedFor)).toBe('10.0.0.1')
    },
  )

  test('is that of the connection when the peer is not the trusted proxy', async () => {
    expect(await clientOf(stranger, '198.51.100.4')).toBe('203.0.113.7')
  })
})

test('believes only the trusted proxy that a request came over HTTPS', async () => {
  const headers = { 'X-Forwarded-Proto': 'https' }
  expect(await (await openApp({ peer: proxy }).request('/fine', { headers })).json()).toMatchObject({ secure: true })
  expect(await (await openApp().request('/fine', { headers })).json()).toMatchObject({ secure: false })
})

describe('the log', () => {
  test.each([
    ['/fine', 200],
    ['/field', 422],
    ['/nowhere', 404],
  ])('has one line for %s, without the query', async (path, status) => {
    const { request, logged, lines } = openApp()
    await request(`${path}?token=in-the-query`)
    expect(logged()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        requestId: 'made-1',
        method: 'GET',
        path,
        status,
        ms: 7,
        client: '203.0.113.7',
        msg: 'request',
      },
    ])
    expect(lines.join()).not.toContain('in-the-query')
  })
})

describe('an error', () => {
  test.each([
    ['/conflict', 409, { code: 'conflict', message: 'It exists already.' }],
    ['/field', 422, { code: 'invalid', message: 'ssh.host: is required', issues: [{ path: 'ssh.host', message: 'is required' }] }],
    ['/http-exception', 403, { code: 'forbidden', message: 'Not you.' }],
    ['/nowhere', 404, { code: 'not_found', message: 'There is nothing at this address.' }],
    ['/bug', 500, { code: 'internal', message: 'Something went wrong on our side.' }],
    ['/teapot', 500, { code: 'internal', message: 'Something went wrong on our side.' }],
  ])('of %s answers %i with the one body', async (path, status, error) => {
    const response = await openApp().request(path)
    expect(response.status).toBe(status)
    expect(await response.json()).toStrictEqual({ error: { ...error, requestId: 'made-1' } })
  })

  test('says when to come back', async () => {
    expect((await openApp().request('/slow-down')).headers.get('retry-after')).toBe('30')
  })

  test.each([
    ['/bug', 'error', 'cannot read internals of undefined'],
    ['/conflict', 'info', 'E11000 internals'],
  ])('of %s has its cause in the log, beside the request id', async (path, level, message) => {
    const { request, logged } = openApp()
    await request(path)
    expect(logged()[0]).toMatchObject({
      level,
      requestId: 'made-1',
      err: { message, stack: expect.stringContaining('create-app.test.ts') },
    })
  })
})

describe('a JSON body', () => {
  const send = (text: string, type = 'application/json') =>
    openApp().request('/json', { method: 'POST', body: text, headers: { 'Content-Type': type, 'Content-Length': String(text.length) } })

  test('that is malformed answers 400', async () => {
    expect(await (await send('{"name":')).json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  test('that is declared as something else answers 400', async () => {
    expect(await (await send('name=x', 'text/plain')).json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  test('that fails its schema names each field by its dotted path, unknown ones included', async () => {
    const response = await send('{"name":5,"nested":{"size":1.5,"colour":1},"a":1,"b":2}')
    expect(response.status).toBe(422)
    const { error } = (await response.json()) as { error: { issues: { path: string }[] } }
    expect(error.issues.map(({ path }) => path).sort()).toEqual(['a', 'b', 'name', 'nested.colour', 'nested.size'])
  })
})

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
