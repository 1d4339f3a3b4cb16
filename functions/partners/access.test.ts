import { afterEach, beforeEach, expect, test } from 'vitest'
import { newPartner, openPartners, type PartnersUnderTest } from './partners-under-test.ts'

let site: PartnersUnderTest
let id: string
beforeEach(async () => {
  site = await openPartners()
  id = (await site.create()).id
})
afterEach(() => site.close())

const globex = { ...newPartner, partnerName: 'Globex' }
const routes: [route: string, run: (as: string) => Response | Promise<Response>][] = [
  ['GET /', (as) => site.request('', { as })],
  ['GET /:id', (as) => site.request(`/${id}`, { as })],
  ['GET /export', (as) => site.request('/export', { as })],
  ['POST /', (as) => site.request('', { as, body: globex })],
  ['POST /import', (as) => site.request('/import', { as, body: [{ ...newPartner, partnerName: 'Initech' }] })],
  ['PATCH /:id', (as) => site.request(`/${id}`, { as, method: 'PATCH', body: { version: 1, priority: 5 } })],
  ['DELETE /:id', (as) => site.request(`/${id}`, { as, method: 'DELETE' })],
]

test.each([
  ['nobody', [401, 401, 401, 401, 401, 401, 401]],
  ['', [401, 401, 401, 401, 401, 401, 401]],
  ['viewer', [200, 200, 403, 403, 403, 403, 403]],
  ['admin', [200, 200, 200, 201, 200, 200, 204]],
  ['reader', [200, 200, 200, 403, 403, 403, 403]],
  ['writer', [403, 403, 403, 201, 200, 200, 204]],
  ['stranger', [403, 403, 403, 403, 403, 403, 403]],
])('answers %o on every route as its role or scope allows', async (as, expected) => {
  const answers: [string, number][] = []
  for (const [route, run] of routes) answers.push([route, (await run(as)).status])
  expect(answers).toEqual(routes.map(([route], index) => [route, expected[index]]))
})

test('changes nothing for a viewer', async () => {
  const before = await site.list()
  for (const [, run] of routes) await run('viewer')
  expect(await site.list()).toEqual(before)
})

test('refuses before it reads a body', async () => {
  expect((await site.request('', { as: 'viewer', text: 'not JSON' })).status).toBe(403)
  expect((await site.request('/import', { as: 'viewer', text: 'not JSON' })).status).toBe(403)
})
