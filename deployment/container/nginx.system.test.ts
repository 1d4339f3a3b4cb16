import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requireParts } from '../testing/real-part.ts'
import { type NginxUnderTest, startNginx } from './nginx-under-test.ts'

const index = '<!doctype html><title>the UI</title>'
const script = 'export const answer = 42\n'.repeat(100)

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Answers what it was asked, as far as nginx lets it through. */
const echo: Answer = ({ method, url, headers }, response) => {
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ method, url, headers }))
}

const startBackend = async () => {
  const backend = { answer: echo }
  const server = createServer((request, response) => backend.answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return Object.assign(backend, { port: (server.address() as AddressInfo).port, stop })
}

describe.runIf(requireParts('nginx'))('nginx', () => {
  let backend: Awaited<ReturnType<typeof startBackend>>
  let nginx: NginxUnderTest
  const start = async (trustProxy?: string) => {
    nginx = await startNginx({ backendPort: backend.port, ...(trustProxy !== undefined && { trustProxy }) })
    nginx.addUiFile('index.html', index)
    nginx.addUiFile('theme.js', script)
    nginx.addUiFile('assets/app-1a2b3c.js', script)
    nginx.addUiFile('assets/app-1a2b3c.js.gz', gzipSync(script))
    nginx.addUiFile('assets/app-1a2b3c.js.br', brotliCompressSync(script))
  }
  beforeEach(async () => {
    backend = await startBackend()
    await start()
  })
  afterEach(() => Promise.all([nginx.stop(), backend.stop()]))
  const seen = async (path: string, init?: RequestInit) =>
    (await (await nginx.fetch(path, init)).json()) as { url: string; headers: Record<string, string> }

  test.each(['/', '/index.html', '/partners/42?tab=calls', '/a/deep/link'])('%s is the UI, which is never cached', async (path) => {
    const answer = await nginx.fetch(path)
    expect(await answer.text()).toBe(index)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test.each(['br', 'gzip', 'identity'])('sends a hashed asset in the encoding %s, to be kept for good', async (encoding) => {
    const answer = await nginx.fetch('/assets/app-1a2b3c.js', { headers: { 'Accept-Encoding': encoding } })
    expect(answer.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding)
    expect(await answer.text()).toBe(script)
    expect(answer.headers.get('content-type')).toMatch(/^(application|text)\/javascript/)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
  })

  test('an asset that is not there is not found, and a file without a hash is asked for again', async () => {
    const missing = await nginx.fetch('/assets/app-old.js')
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store'])
    expect((await nginx.fetch('/theme.js')).headers.get('cache-control')).toBe('no-cache')
  })

  test('/health and /api reach the backend, /metrics does not', async () => {
    expect((await seen('/health')).url).toBe('/health')
    expect((await seen('/api/partners?x=a%20b')).url).toBe('/api/partners?x=a%20b')
    expect((await nginx.fetch('/metrics')).status).toBe(404)
  })

  test('tells the backend who asks, whatever the client says', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https', 'X-Request-Id': 'chosen-by-the-client' }
    const answer = await nginx.fetch('/api/partners', { headers })
    const { headers: passed } = (await answer.json()) as { headers: Record<string, string> }
    expect(passed).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', host: `127.0.0.1:${nginx.port}` })
    expect(passed['x-request-id']).toMatch(/^[\da-f]{32}$/)
    expect(answer.headers.get('x-request-id')).toBe(passed['x-request-id'])
    // nginx logs a request once its answer is on its way.
    const logged = { requestId: passed['x-request-id'], path: '/api/partners', status: 200 }
    await expect.poll(() => nginx.readAccessLog().at(-1)).toMatchObject(logged)
  })

  test('believes the proxy that TRUST_PROXY names, and of its list only the address that it added', async () => {
    await nginx.stop()
    await start('loopback')
    const headers = { 'X-Forwarded-For': '198.51.100.7, 203.0.113.9', 'X-Forwarded-Proto': 'https' }
    expect((await seen('/api/partners', { headers })).headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    })
  })

  test('a body over 1 MB is refused, but for an import, which may have 8 MB', async () => {
    const post = async (path: string, bytes: number) => (await nginx.fetch(path, { method: 'POST', body: 'x'.repeat(bytes) })).status
    expect(await post('/api/partners', 1_048_576)).toBe(200)
    expect(await post('/api/partners', 1_048_577)).toBe(413)
    expect(await post('/api/partners/import', 8 * 1_048_576)).toBe(200)
    expect(await post('/api/partners/import', 8 * 1_048_576 + 1)).toBe(413)
  })

  test('headers over 32 kB are refused, and so is one header over 8 kB', async () => {
    const line = (bytes: number) => `X-Long: ${'x'.repeat(bytes)}\r\n`
    expect(await nginx.sendRaw('/api/settings', line(7_000))).toMatch(/^HTTP\/1.1 200 /)
    expect(await nginx.sendRaw('/api/settings', line(9_000))).toMatch(/^HTTP\/1.1 400 /)
    expect(await nginx.sendRaw('/api/settings', line(7_000).repeat(5))).toMatch(/^HTTP\/1.1 400 /)
  })

  test('a client that does not end its headers within 10 s, or pauses its body for 15 s, is sent away', async () => {
    const startedAt = performance.now()
    const send = async (start: string) => {
      const socket = connect(nginx.port, '127.0.0.1')
      socket.write(start)
      return { answer: await text(socket), seconds: (performance.now() - startedAt) / 1_000 }
    }
    const [headers, body] = await Promise.all([
      send('GET /api/settings HTTP/1.1\r\nHost: admin.example\r\n'),
      send('POST /api/settings HTTP/1.1\r\nHost: admin.example\r\nContent-Length: 100\r\n\r\n{'),
    ])
    expect(headers.seconds).toBeGreaterThan(9)
    expect(headers.seconds).toBeLessThan(14)
    expect(body.seconds).toBeGreaterThan(14)
    expect(body.seconds).toBeLessThan(19)
    for (const { answer } of [headers, body]) expect(answer).toMatch(/^($|HTTP\/1.1 408 )/)
  })

  test('refuses a flood of sign-ins before the backend sees them, and nothing else', async () => {
    const codes = await Promise.all(Array.from({ length: 60 }, async () => (await nginx.fetch('/api/login', { method: 'POST' })).status))
    expect(codes.filter((code) => code === 200).length).toBeLessThan(40)
    expect(codes.filter((code) => code === 429).length).toBeGreaterThan(20)
    const others = await Promise.all(Array.from({ length: 60 }, async () => (await nginx.fetch('/api/partners')).status))
    expect(new Set(others)).toEqual(new Set([200]))
  })

  test.each(['/api/dashboard/stream', '/api/probe/42'])('events of %s arrive one by one, as they are sent', async (path) => {
    let send = (_event: string) => {}
    backend.answer = (_request, response) => {
      response.setHeader('Content-Type', 'text/event-stream')
      send = (event) => response.write(`data: ${event}\n\n`)
      send('first')
    }
    const answer = await nginx.fetch(path, { headers: { 'Accept-Encoding': 'gzip' } })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('data: first\n\n')
    send('second')
    expect((await reader.read()).value).toBe('data: second\n\n')
    await reader.cancel()
  })

  test('answers JSON while the backend is gone', async () => {
    backend.answer = (request) => request.socket.destroy()
    const answer = await nginx.fetch('/api/partners')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toEqual({
      error: { code: 'unavailable', message: expect.any(String), requestId: answer.headers.get('x-request-id') },
    })
  })

  describe('on every answer', () => {
    const answers: Record<string, () => Promise<string>> = {
      'the UI': () => nginx.sendRaw('/'),
      'an asset': () => nginx.sendRaw('/assets/app-1a2b3c.js'),
      'the API': () => nginx.sendRaw('/api/partners'),
      '400': () => nginx.sendRaw('/%00'),
      '400 for a request that is none': () => nginx.sendRaw('*\x01'),
      '404': () => nginx.sendRaw('/assets/none.js'),
      '400 for large headers': () => nginx.sendRaw('/', `X-Large: ${'x'.repeat(10_000)}\r\n`),
      '413': () => nginx.sendRaw('/api/partners', 'Content-Length: 9999999\r\n'),
      '414': () => nginx.sendRaw(`/${'x'.repeat(10_000)}`),
      '502': () => {
        backend.answer = (request) => request.socket.destroy()
        return nginx.sendRaw('/api/partners')
      },
      'an answer of the backend with headers of its own': () => {
        backend.answer = (request, response) => {
          response.setHeader('X-Frame-Options', 'SAMEORIGIN').setHeader('Strict-Transport-Security', 'max-age=1')
          echo(request, response)
        }
        return nginx.sendRaw('/api/partners')
      },
    }
    test.each(Object.keys(answers))('%s: each security header once, and no version', async (name) => {
      const answer = await answers[name]!()
      const once = (header: string) => answer.match(new RegExp(`^${header}: (.*)\\r$`, 'gim'))
      for (const header of [
        'Content-Security-Policy',
        'Referrer-Policy',
        'Permissions-Policy',
        'Cross-Origin-Opener-Policy',
        'X-Request-Id',
      ])
        expect(once(header)).toHaveLength(1)
      expect(once('X-Frame-Options')).toEqual(['X-Frame-Options: DENY\r'])
      expect(once('X-Content-Type-Options')).toEqual(['X-Content-Type-Options: nosniff\r'])
      expect(once('Strict-Transport-Security')).toEqual(['Strict-Transport-Security: max-age=15552000; includeSubDomains\r'])
      expect(once('Server')).toEqual(['Server: nginx\r'])
      expect(answer).not.toMatch(/unsafe-(inline|eval)/)
      if (/^HTTP\/1.1 [45]/.test(answer)) expect(answer).toMatch(/\{"error":\{"code":"\w+","message":"[^"]+","requestId":"\w+"\}\}$/)
    })

    test('the policy of the backend holds where it has one of its own', async () => {
      backend.answer = (_request, response) => response.setHeader('Content-Security-Policy', "default-src 'self'").end()
      const answer = await nginx.fetch('/api/docs')
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'")
    })
  })
})
