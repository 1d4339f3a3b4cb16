import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../../deployment/testing/app-under-test.ts'
import { createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { AuditPage } from './schema.ts'

const day = (n: number) => new Date(Date.UTC(2026, 0, n))

let site: AppUnderTest
let admin: string
beforeAll(async () => {
  site = await openApp()
  admin = await site.signIn('ADMIN')
  let at = day(1)
  let made = 0
  const log = createAuditLog(site.db, { newId: () => `entry ${String(made++).padStart(2, '0')}`, now: () => at })
  const ada = { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' } as const
  const nightly = { kind: 'token', id: 't1', name: 'Nightly', scopes: [] } as const
  for (const actor of [ada, nightly])
    for (const [entity, collection] of [
      ['partner', 'partner_configs'],
      ['user', 'users'],
    ] as const)
      for (const action of ['update', 'delete'] as const)
        for (const id of ['x', 'y']) {
          const before = { host: 'old', password: '[sealed]' }
          await log.record({
            actor,
            action: `${entity}.${action}`,
            target: { collection, id, name: id },
            before,
            after: { host: 'new' },
          })
          // Two entries at a time have the same time.
          if (made % 2 === 0) at = day(1 + made / 2)
        }
})
afterAll(() => site.close())

const page = (query: string) => site.read<AuditPage>(`GET /api/audit?${query}`, { as: admin })
const idsOf = ({ entries }: AuditPage) => entries.map(({ id }) => id)
const ids = (...numbers: number[]) => numbers.map((n) => `entry ${String(n).padStart(2, '0')}`)

test('an entry says who changed what, when, from what to what', async () => {
  expect((await page('limit=1')).entries).toEqual([
    {
      id: 'entry 15',
      at: day(8).toISOString(),
      actor: { kind: 'token', id: 't1', name: 'Nightly' },
      action: 'user.delete',
      target: { collection: 'users', id: 'y', name: 'y' },
      before: { host: 'old', password: '[sealed]' },
      after: { host: 'new' },
    },
  ])
})

test.each([
  ['actor=u1', ids(7, 6, 5, 4, 3, 2, 1, 0)],
  ['action=user.update', ids(13, 12, 5, 4)],
  ['targetId=x&actor=t1', ids(14, 12, 10, 8)],
  ['collection=users&actor=u1', ids(7, 6, 5, 4)],
  ['actor=u1&action=user.delete&targetId=y', ids(7)],
  ['from=2026-01-03T00:00:00Z&to=2026-01-05T00:00:00Z', ids(7, 6, 5, 4)],
  ['from=2026-01-03T00:00:00Z&targetId=x&collection=users', ids(14, 12, 6, 4)],
  ['actor=nobody', []],
])('%s shows what is asked for, newest first', async (query, expected) => {
  expect(idsOf(await page(query))).toEqual(expected)
})

test.each([1, 3, 5])('pages of %i show each entry once, also where several have the same time', async (limit) => {
  const seen: string[] = []
  let before = ''
  for (;;) {
    const found: AuditPage = await page(`to=2026-02-01T00:00:00Z&limit=${limit}${before}`)
    seen.push(...idsOf(found))
    if (found.next === null) break
    before = `&before=${encodeURIComponent(found.next)}`
  }
  expect(seen).toEqual(ids(...Array.from({ length: 16 }, (_, index) => 15 - index)))
})

test.each([
  ['before=nothing', 'before'],
  ['from=yesterday', 'from'],
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
])('%s is refused by its name', async (query, path) => {
  const response = await site.request(`GET /api/audit?${query}`, { as: admin })
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ error: { issues: [{ path }] } })
})
