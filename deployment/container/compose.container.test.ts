import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { productImage, productRevision } from '../testing/images-under-test.ts'
import { type ContainerUnderTest, composeFiles, composeUp, docker } from './container-under-test.ts'
import { startMongoOutside, startPartnerOutside } from './outside-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
const secrets = { JWT_SECRET: 'plover-window-'.repeat(4), ENCRYPTION_KEY: '0123456789abcdef'.repeat(4) }

describe.each(['dev', 'prod'] as const)('the compose file for %s', (kind) => {
  let partner: Awaited<ReturnType<typeof startPartnerOutside>>
  let mongo: Awaited<ReturnType<typeof startMongoOutside>>
  let container: ContainerUnderTest
  beforeAll(async () => {
    ;[partner, mongo] = await Promise.all([startPartnerOutside(), startMongoOutside()])
    container = await composeUp(kind, { ADMIN_PASSWORD, ...(kind === 'prod' && { ...secrets, MONGO_URL: mongo.url }) })
    await container.untilHealthy()
  })
  afterAll(async () => {
    await container.down()
    await Promise.all([partner.stop(), mongo.stop()])
  })

  test(`serves the UI and the API on ${composeFiles[kind].port}`, async () => {
    const page = await container.request('GET /partners')
    const html = await page.text()
    expect(html).toContain('<div id="app">')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1]
    const asset = await container.request(`GET ${script}`, { headers: { 'Accept-Encoding': 'br' } })
    expect(Object.fromEntries(asset.headers)).toMatchObject({
      'content-encoding': 'br',
      'cache-control': expect.stringContaining('immutable'),
    })
    await container.logIn(ADMIN_PASSWORD)
    expect((await container.request('GET /api/partners')).status).toBe(401)
    expect((await container.request('GET /metrics')).status).toBe(404)
  })

  test('says which version and commit it is, in /health and in its labels', async () => {
    const engine = kind === 'dev' ? 'embedded' : 'mongodb'
    expect(await container.read('GET /health')).toMatchObject({
      version: manifest.version,
      revision: productRevision,
      database: { engine },
    })
    expect(JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config.Labels}}', productImage))).toMatchObject({
      'org.opencontainers.image.version': manifest.version,
      'org.opencontainers.image.revision': productRevision,
    })
  })

  test('captures a partner outside, and a restart keeps what it captured', async () => {
    const as = await container.logIn(ADMIN_PASSWORD)
    const { id } = await container.read<Partner>('POST /api/partners', { as, body: partner.as('Acme') })
    expect(await container.read('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).toMatchObject({
      results: [{ ok: true, snapshot: { activeCalls: 1, queuedCalls: 4, concurrencyLimit: 40 } }],
    })
    const series = await container.read(`GET /api/snapshots/${id}/latest`, { as })
    await container.compose('down')
    await container.compose('up', '-d')
    await container.untilHealthy()
    const again = await container.logIn(ADMIN_PASSWORD)
    expect(await container.read('GET /api/partners', { as: again })).toMatchObject([{ id, partnerName: 'Acme' }])
    const { snapshotTime } = await container.read<{ snapshotTime: string }>(`GET /api/snapshots/${id}/latest`, { as: again })
    expect(Date.parse(snapshotTime)).toBeGreaterThanOrEqual(Date.parse((series as { snapshotTime: string }).snapshotTime))
  })
})
