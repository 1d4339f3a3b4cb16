import { describe, expect, test } from 'vitest'
import { openApp, proxy } from './app-under-test.ts'
import type { Peer } from './create-app.ts'

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
  const clientOf = async (peer: Peer | undefined, forwardedFor?: string) => {
    const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }
    return ((await (await openApp(peer && { peer }).request('/fine', { headers })).json()) as { client: string }).client
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
    expect(await clientOf(undefined, '198.51.100.4')).toBe('203.0.113.7')
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
      err: { message, stack: expect.stringContaining('app-under-test.ts') },
    })
  })
})
