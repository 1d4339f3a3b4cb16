import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startListener } from './channels-under-test.ts'
import { createGuardedPost } from './create-guarded-post.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
const open = createGuardedPost({ allowPrivate: true, now })
const guarded = createGuardedPost({ allowPrivate: false, now })
const never = new AbortController().signal
const request = (url: string) => ({ url, headers: { 'x-test': 'yes' }, body: '{"a":"ü"}' })
const privateTarget = { ok: false, permanent: true, code: 'private-target' }

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
const listen = async (answer: (response: ServerResponse, request: IncomingMessage) => void) => {
  const listener = await startListener(answer)
  stops.push(listener.stop)
  return listener
}
const answering = (status: number, headers: Record<string, string> = {}) =>
  listen((response) => response.writeHead(status, headers).end('{"secret":"never shown"}'))

/** Answers every lookup with `addresses`, and counts. */
const lookupOf = (...addresses: { address: string; family: number }[]) => {
  const seen = { lookups: 0 }
  const lookup: LookupFunction = (_hostname, _options, callback) => {
    seen.lookups += 1
    callback(null, addresses)
  }
  return { seen, lookup }
}
const closed = (sockets: readonly Socket[]) =>
  Promise.all(sockets.map((socket) => socket.closed || new Promise((resolve) => socket.once('close', resolve))))
const loopback = { address: '127.0.0.1', family: 4 }

describe('what the receiver answers', () => {
  test('posts the body whole, once, with its headers', async () => {
    const { url, received } = await answering(202)
    expect(await open(request(url), never)).toEqual({ ok: true, code: '202' })
    expect(received).toEqual([
      { method: 'POST', path: '/hook', headers: expect.objectContaining({ 'x-test': 'yes', 'content-length': '10' }), body: '{"a":"ü"}' },
    ])
  })

  test.each([400, 401, 404, 410, 422])('is refused for good by %d', async (status) => {
    const { url } = await answering(status)
    const result = await open(request(url), never)
    expect(result).toMatchObject({ ok: false, permanent: true, code: String(status), retryAfterMs: null })
    expect(JSON.stringify(result)).not.toContain('secret')
  })

  test.each([408, 425, 429, 500, 502, 503])('may be tried again after %d', async (status) => {
    const { url } = await answering(status)
    const result = await open(request(url), never)
    expect(result).toMatchObject({ ok: false, permanent: false, code: String(status), retryAfterMs: null })
    expect(JSON.stringify(result)).not.toContain('secret')
  })

  test.each([
    ['seconds', '7', 7000],
    ['a date', 'Sun, 01 Mar 2026 12:00:42 GMT', 42_000],
  ])('says how long 429 asks to wait in %s', async (_form, retryAfter, retryAfterMs) => {
    const { url } = await answering(429, { 'retry-after': retryAfter })
    expect(await open(request(url), never)).toMatchObject({ permanent: false, code: '429', retryAfterMs })
  })

  test.each([301, 302, 303, 307, 308])('does not follow %d', async (status) => {
    const elsewhere = await answering(200)
    const { url } = await answering(status, { location: elsewhere.url })
    expect(await open(request(url), never)).toMatchObject({ ok: false, permanent: true, code: String(status) })
    expect(elsewhere.sockets).toHaveLength(0)
  })
})

describe('what goes wrong on the way', () => {
  test('may be tried again when nobody listens', async () => {
    const { url, stop } = await startListener(() => {})
    await stop()
    expect(await open(request(url), never)).toMatchObject({ ok: false, permanent: false, code: 'ECONNREFUSED' })
  })

  test('may be tried again when the name is not known', async () => {
    const lookup: LookupFunction = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
    const post = createGuardedPost({ allowPrivate: false, now, lookup })
    expect(await post(request('https://receiver.example/'), never)).toMatchObject({ permanent: false, code: 'ENOTFOUND' })
  })

  test('may be tried again when the answer breaks off before it says anything', async () => {
    const { url } = await listen((response) => {
      response.socket?.write('HTTP/1.1 20')
      response.socket?.destroySoon()
    })
    expect(await open(request(url), never)).toMatchObject({ ok: false, permanent: false })
  })

  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes!'
  test.each([
    ['ends', (socket: Socket) => socket.destroySoon()],
    ['is reset', (socket: Socket) => void setImmediate(() => socket.resetAndDestroy())],
    ['hangs', () => {}],
  ])('takes the status as the verdict when the connection %s in the middle of the body', async (_what, then) => {
    const { url, sockets } = await listen(({ socket }) => {
      socket?.write(head, () => then(socket))
    })
    const post = createGuardedPost({ allowPrivate: true, now, timeoutMs: 200 })
    expect(await post(request(url), never)).toEqual({ ok: true, code: '200' })
    await closed(sockets)
  })

  test.each(['http', 'https'])('ends the connection of a receiver that takes too long (%s)', async (protocol) => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    stops.push(async () => void silent.close())
    await once(silent, 'listening')
    const connected = once(silent, 'connection')
    const post = createGuardedPost({ allowPrivate: true, now, timeoutMs: 100 })
    const { port } = silent.address() as AddressInfo
    expect(await post(request(`${protocol}://127.0.0.1:${port}/`), never)).toMatchObject({ ok: false, permanent: false, code: 'timeout' })
    await closed((await connected) as [Socket])
  })

  test('ends the connection when told to stop', async () => {
    const stop = new AbortController()
    const { url, sockets } = await listen(() => stop.abort())
    expect(await open(request(url), stop.signal)).toMatchObject({ ok: false, permanent: false, code: 'aborted' })
    await closed(sockets)
  })

  test('sends nothing when it was told to stop before', async () => {
    const { url, received } = await answering(200)
    expect(await open(request(url), AbortSignal.abort())).toMatchObject({ ok: false, permanent: false, code: 'aborted' })
    expect(received).toEqual([])
  })

  test('does not connect any more when told to stop while the name is looked up', async () => {
    const { port, sockets } = await answering(200)
    const stop = new AbortController()
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      stop.abort()
      callback(null, [loopback])
    }
    const post = createGuardedPost({ allowPrivate: true, now, lookup })
    expect(await post(request(`https://receiver.example:${port}/`), stop.signal)).toMatchObject({ permanent: false, code: 'aborted' })
    expect(await open(request(`http://127.0.0.1:${port}/`), never)).toMatchObject({ ok: true })
    expect(sockets).toHaveLength(1)
  })

  test('reads no more of an endless answer than a little', async () => {
    let written = 0
    const { url, sockets } = await listen((response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384
      }
      response.on('drain', write).writeHead(200)
      write()
    })
    expect(await open(request(url), never)).toEqual({ ok: true, code: '200' })
    await closed(sockets)
    expect(written).toBeLessThan(16 * 1024 * 1024)
  })
})

describe('a target that is not public', () => {
  test.each([
    'https://127.0.0.1:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://[64:ff9b::7f00:1]/',
    'https://2130706433:PORT/',
    'https://0x7f.1:PORT/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://0.0.0.0:PORT/',
  ])('is refused for good as %s', async (url) => {
    const listener = await answering(200)
    const { seen, lookup } = lookupOf(loopback)
    const post = createGuardedPost({ allowPrivate: false, now, lookup })
    expect(await post(request(url.replace('PORT', String(listener.port))), never)).toMatchObject(privateTarget)
    expect(listener.sockets).toHaveLength(0)
    expect(seen.lookups).toBe(0)
  })

  test('is refused when its name leads there', async () => {
    const { port, sockets } = await answering(200)
    expect(await guarded(request(`https://localhost:${port}/`), never)).toMatchObject(privateTarget)
    expect(sockets).toHaveLength(0)
  })

  test('is refused when it is one of several addresses', async () => {
    const { port, sockets } = await answering(200)
    const { lookup } = lookupOf({ address: '1.1.1.1', family: 4 }, { address: '::1', family: 6 }, loopback)
    const post = createGuardedPost({ allowPrivate: false, now, lookup })
    expect(await post(request(`https://receiver.example:${port}/`), never)).toMatchObject(privateTarget)
    expect(sockets).toHaveLength(0)
  })

  test('is refused when its name led to a public address the time before', async () => {
    const { port, sockets } = await answering(200)
    const stop = new AbortController()
    let lookups = 0
    const post = createGuardedPost({
      allowPrivate: false,
      now,
      lookup: (_hostname, _options, callback) => {
        lookups += 1
        // Ended before it would connect: this test stays on this machine.
        if (lookups === 1) stop.abort()
        callback(null, [lookups === 1 ? { address: '1.1.1.1', family: 4 } : loopback])
      },
    })
    const url = `https://receiver.example:${port}/`
    expect(await post(request(url), stop.signal)).toMatchObject({ permanent: false, code: 'aborted' })
    expect(await post(request(url), never)).toMatchObject(privateTarget)
    expect(lookups).toBe(2)
    expect(sockets).toHaveLength(0)
  })

  test('gets no byte when the address changes between the check and the connection', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    stops.push(async () => void server.close())
    await once(server, 'listening')
    const connected = once(server, 'connection')
    let reads = 0
    const changing = {
      family: 4,
      get address() {
        reads += 1
        return reads === 1 ? '1.1.1.1' : '127.0.0.1'
      },
    }
    const post = createGuardedPost({ allowPrivate: false, now, lookup: lookupOf(changing).lookup })
    const { port } = server.address() as AddressInfo
    expect(await post(request(`https://receiver.example:${port}/`), never)).toMatchObject(privateTarget)
    const [socket] = (await connected) as [Socket]
    expect(await socket.toArray()).toEqual([])
  })

  test.each(['http://receiver.example/', 'ftp://receiver.example/', 'file:///etc/passwd', 'not a url', ''])(
    'is refused for good without TLS or as no URL: %s',
    async (url) => {
      expect(await guarded(request(url), never)).toMatchObject({ ok: false, permanent: true, code: 'invalid-url' })
    },
  )

  test('is let through where that is allowed', async () => {
    const { port, received } = await answering(200)
    expect(await open(request(`http://localhost:${port}/`), never)).toEqual({ ok: true, code: '200' })
    expect(received).toHaveLength(1)
  })
})
