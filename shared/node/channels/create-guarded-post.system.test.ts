import { once } from 'node:events'
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { startListener } from './channels-under-test.ts'
import { createGuardedPost } from './create-guarded-post.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
const open = createGuardedPost({ allowPrivate: true, now })
const never = new AbortController().signal
const request = (url: string) => ({ url, headers: { 'x-test': 'yes' }, body: '{"a":"ü"}' })

const answering = (status: number, headers: Record<string, string> = {}) =>
  startListener((response) => response.writeHead(status, headers).end('{"secret":"never shown"}'))

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
    expect(await open(request(`http://127.0.0.1:${await findFreePort()}/`), never)).toMatchObject({
      ok: false,
      permanent: false,
      code: 'ECONNREFUSED',
    })
  })

  test('may be tried again when the name is not known', async () => {
    const lookup: LookupFunction = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
    const post = createGuardedPost({ allowPrivate: false, now, lookup })
    expect(await post(request('https://receiver.example/'), never)).toMatchObject({ permanent: false, code: 'ENOTFOUND' })
  })

  test('may be tried again when the answer breaks off before it says anything', async () => {
    const { url } = await startListener((response) => {
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
    const { url, sockets } = await startListener(({ socket }) => {
      socket?.write(head, () => then(socket))
    })
    const post = createGuardedPost({ allowPrivate: true, now, timeoutMs: 200 })
    expect(await post(request(url), never)).toEqual({ ok: true, code: '200' })
    await closed(sockets)
  })

  test.each(['http', 'https'])('ends the connection of a receiver that takes too long (%s)', async (protocol) => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const connected = once(silent, 'connection')
    const post = createGuardedPost({ allowPrivate: true, now, timeoutMs: 100 })
    const { port } = silent.address() as AddressInfo
    expect(await post(request(`${protocol}://127.0.0.1:${port}/`), never)).toMatchObject({ ok: false, permanent: false, code: 'timeout' })
    await closed((await connected) as [Socket])
  })

  test('ends the connection on a stop', async () => {
    const stop = new AbortController()
    const { url, sockets } = await startListener(() => stop.abort())
    expect(await open(request(url), stop.signal)).toMatchObject({ ok: false, permanent: false, code: 'aborted' })
    await closed(sockets)
  })

  test('sends nothing after a stop', async () => {
    const { url, received } = await answering(200)
    expect(await open(request(url), AbortSignal.abort())).toMatchObject({ ok: false, permanent: false, code: 'aborted' })
    expect(received).toEqual([])
  })

  test('does not connect any more after a stop while the name is looked up', async () => {
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
    const { url, sockets } = await startListener((response) => {
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
