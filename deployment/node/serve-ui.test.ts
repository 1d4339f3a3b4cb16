import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../testing/app-under-test.ts'
import { readUi } from './read-ui.ts'
import { serveUi } from './serve-ui.ts'

const page = '<!doctype html><script type="module" src="/assets/index-B3x9.js"></script>'
const script = 'console.log(1)\n'.repeat(100)
const compressedPage = { br: brotliCompressSync(page), gz: gzipSync(page) }

let site: AppUnderTest
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jobtalk-ui-'))
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  write('dist/index.html', page)
  write('dist/index.html.br', compressedPage.br)
  write('dist/index.html.gz', compressedPage.gz)
  write('dist/assets/index-B3x9.js', script)
  write('dist/assets/index-B3x9.js.gz', gzipSync(script))
  write('dist/icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
  write('dist/.secret', 'hidden')
  write('dist/.hidden/file.js', 'hidden')
  write('outside.txt', 'outside')
  symlinkSync(join(folder, 'outside.txt'), join(folder, 'dist/link.txt'))
  site = await openApp()
  site.app.route('/', serveUi(await readUi(join(folder, 'dist'))))
})
afterAll(async () => {
  await site.close()
  rmSync(folder, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') => site.app.request(path, { method, headers })

test.each(['/', '/partners', '/partners/018f/edit', '/alerts?state=firing', '/apiary'])(
  '%s answers the page, which is asked for each time',
  async (path) => {
    const response = await get(path)
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: page })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
    })
  },
)

test('an asset is kept for a year, and one that is gone is no page', async () => {
  const response = await get('/assets/index-B3x9.js')
  expect(await response.text()).toBe(script)
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(response.headers.get('content-type')).toMatch(/^text\/javascript/)
  expect((await get('/assets/index-OLD.js')).status).toBe(404)
  expect((await get('/assets/old')).status).toBe(404)
  expect((await get('/icon.svg')).headers.get('cache-control')).toBe('no-cache')
})

describe('the compressed form', () => {
  test.each([
    ['gzip, deflate, br, zstd', 'br', compressedPage.br],
    ['gzip', 'gzip', compressedPage.gz],
    ['br;q=0, gzip;q=0.5', 'gzip', compressedPage.gz],
    ['identity', null, Buffer.from(page)],
    ['', null, Buffer.from(page)],
  ] as const)('for %o is %s', async (accepted, coding, body) => {
    const response = await get('/', { 'Accept-Encoding': accepted })
    expect(response.headers.get('content-encoding')).toBe(coding)
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
    expect(response.headers.get('content-length')).toBe(String(body.length))
  })

  test('is one that the build made', async () => {
    expect((await get('/assets/index-B3x9.js', { 'Accept-Encoding': 'br, gzip' })).headers.get('content-encoding')).toBe('gzip')
    expect((await get('/icon.svg', { 'Accept-Encoding': 'br, gzip' })).headers.get('content-encoding')).toBeNull()
  })
})

test('a page that did not change is not sent again', async () => {
  const etag = (await get('/')).headers.get('etag') ?? ''
  const response = await get('/partners', { 'If-None-Match': `"other", ${etag}` })
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 304, text: '' })
  expect(response.headers.get('etag')).toBe(etag)
  expect((await get('/', { 'If-None-Match': '"other"' })).status).toBe(200)
})

test('HEAD answers the same headers without a body', async () => {
  const [head, full] = [await get('/', {}, 'HEAD'), await get('/')]
  const headersOf = ({ headers }: Response) => Object.fromEntries([...headers].filter(([name]) => name !== 'x-request-id'))
  expect(await head.text()).toBe('')
  expect(headersOf(head)).toEqual(headersOf(full))
})

test.each([
  '/.secret',
  '/.hidden/file.js',
  '/link.txt',
  '/../outside.txt',
  '/assets/../../outside.txt',
  '/%2e%2e/outside.txt',
  '/..%2foutside.txt',
  '/assets/..%5c..%5coutside.txt',
  '/index.html.br',
])('%s hands nothing out', async (path) => {
  const response = await get(path)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toMatch(/hidden|outside"|doctype/)
})

test.each(['/api', '/api/nothing', '/api/partners/x/y', '/health/x', '/metrics/x'])(
  '%s is the server’s own and never the page',
  async (path) => {
    const response = await get(path)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect([401, 404]).toContain(response.status)
  },
)

test('nothing but GET and HEAD reaches it', async () => {
  expect((await get('/partners', {}, 'POST')).status).toBe(404)
})

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

test.each(['/', '/assets/index-B3x9.js', '/api/nothing', '/health', '/api/login/me'])(
  'the strict content security policy is on %s',
  async (path) => {
    expect((await get(path)).headers.get('content-security-policy')).toBe(policy)
  },
)

test('a UI that is not built says how to build it, and the API answers all the same', async () => {
  const unbuilt = await openApp()
  try {
    unbuilt.app.route('/', serveUi(await readUi(join(folder, 'nothing'))))
    const response = await unbuilt.app.request('/')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await response.text()).toContain('npm run build')
    expect((await unbuilt.app.request('/health')).status).toBe(200)
  } finally {
    await unbuilt.close()
  }
})
