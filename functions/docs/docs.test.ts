import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'

let site: AppUnderTest
let page: string
let policy: string
beforeAll(async () => {
  site = await openApp()
  const response = await site.request('GET /api/docs')
  page = await response.text()
  policy = response.headers.get('content-security-policy') ?? ''
})
afterAll(() => site.close())

const assets = () => [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url).filter((url) => !url.startsWith('data:'))

test('the page takes its scripts and styles from this host, and each is there with its type', async () => {
  expect(assets()).toHaveLength(3)
  for (const url of assets()) {
    expect(url).toMatch(/^\/(?!\/)/)
    const response = await site.request(`GET ${url}`)
    expect(response.status, url).toBe(200)
    expect(response.headers.get('content-type')).toBe(url.endsWith('.css') ? 'text/css' : 'text/javascript')
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
  }
})

test('neither the page nor what starts it names another host', async () => {
  const start = await (await site.request('GET /api/docs/start.js')).text()
  expect(page + start).not.toMatch(/https?:\/\//)
  expect(start).toContain("url: '/api/openapi.json'")
  expect(start).toContain('validatorUrl: null')
})

test('the policy lets the browser load nothing from elsewhere, and run no inline script', () => {
  const directives = new Map(policy.split(';').map((directive) => directive.trim().split(/ (.*)/s).slice(0, 2) as [string, string]))
  expect(directives.get('default-src')).toBe("'none'")
  expect(directives.get('script-src')).toBe("'self'")
  const sources = [...directives.values()].flatMap((value) => value.split(' '))
  expect(sources.filter((source) => !["'self'", "'none'", "'unsafe-inline'", 'data:'].includes(source))).toEqual([])
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|\son\w+=|<style/)
})

test.each(['..%2F..%2Fpackage.json', 'package.json', '.npmrc', 'swagger-ui-bundle.js.map'])('%s is not handed out', async (name) => {
  expect((await site.request(`GET /api/docs/${name}`)).status).toBe(404)
})
