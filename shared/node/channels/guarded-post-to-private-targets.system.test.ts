import { once } from 'node:events'
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startListener } from './channels-under-test.ts'
import { createGuardedPost } from './create-guarded-post.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
const open = createGuardedPost({ allowPrivate: true, now })
const guarded = createGuardedPost({ allowPrivate: false, now })
const never = new AbortController().signal
const request = (url: string) => ({ url, headers: { 'x-test': 'yes' }, body: '{"a":"ü"}' })
const privateTarget = { ok: false, permanent: true, code: 'private-target' }

const answering = (status: number, headers: Record<string, string> = {}) =>
  startListener((response) => response.writeHead(status, headers).end('{"secret":"never shown"}'))

/** Answers every lookup with `addresses`, and counts. */
const lookupOf = (...addresses: { address: string; family: number }[]) => {
  const seen = { lookups: 0 }
  const lookup: LookupFunction = (_hostname, _options, callback) => {
    seen.lookups += 1
    callback(null, addresses)
  }
  return { seen, lookup }
}
const loopback = { address: '127.0.0.1', family: 4 }

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
])('a target is refused for good as %s', async (url) => {
  const listener = await answering(200)
  const { seen, lookup } = lookupOf(loopback)
  const post = createGuardedPost({ allowPrivate: false, now, lookup })
  expect(await post(request(url.replace('PORT', String(listener.port))), never)).toMatchObject(privateTarget)
  expect(listener.sockets).toHaveLength(0)
  expect(seen.lookups).toBe(0)
})

test('a target is refused when its name leads there', async () => {
  const { port, sockets } = await answering(200)
  expect(await guarded(request(`https://localhost:${port}/`), never)).toMatchObject(privateTarget)
  expect(sockets).toHaveLength(0)
})

test('a target is refused when it is one of several addresses', async () => {
  const { port, sockets } = await answering(200)
  const { lookup } = lookupOf({ address: '1.1.1.1', family: 4 }, { address: '::1', family: 6 }, loopback)
  const post = createGuardedPost({ allowPrivate: false, now, lookup })
  expect(await post(request(`https://receiver.example:${port}/`), never)).toMatchObject(privateTarget)
  expect(sockets).toHaveLength(0)
})

test('a target is refused when its name led to a public address the time before', async () => {
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

test('a target gets no byte when the address changes between the check and the connection', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
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
  'a target is refused for good without TLS or as no URL: %s',
  async (url) => {
    expect(await guarded(request(url), never)).toMatchObject({ ok: false, permanent: true, code: 'invalid-url' })
  },
)

test('a target is let through where that is allowed', async () => {
  const { port, received } = await answering(200)
  expect(await open(request(`http://localhost:${port}/`), never)).toEqual({ ok: true, code: '200' })
  expect(received).toHaveLength(1)
})
