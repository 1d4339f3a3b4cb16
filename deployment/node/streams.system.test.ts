import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataDir, type ServiceUnderTest, startService } from '../testing/service-under-test.ts'

const partnerCount = 5_000
const tokenCount = 25
const perToken = 20
const bytesPerMb = 1_048_576
const ADMIN_PASSWORD = 'gannet-3-orchard'

const fillFleet = async ({ read }: ServiceUnderTest, admin: string) => {
  for (let from = 0; from < partnerCount; from += 1_000) {
    const row = (_: unknown, index: number) => ({
      partnerName: `Partner ${from + index}`,
      isActive: false,
      db: { host: '127.0.0.1', port: 1, name: 'calls', username: 'reader', password: 'secret' },
    })
    await read('POST /api/partners/import', { as: admin, body: Array.from({ length: 1_000 }, row) })
  }
}

const createToken = ({ read }: ServiceUnderTest, admin: string, index: number) => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const body = { name: `Follower ${index}`, scopes: ['dashboard:read'], expiresAt }
  return read<{ id: string; token: string }>('POST /api/tokens', { as: admin, body })
}

/** Opens the stream, and reads nothing. */
const follow = async (port: number, token: string) => {
  const socket = connect(port, '127.0.0.1').pause()
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`GET /api/dashboard/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`)
}

/** How many connections the service has open, as the kernel counts them. */
const openConnections = (port: number) => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const established = '01'
  const rows = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
  return rows.filter((row) => row.trim().split(/\s+/)[1]?.endsWith(local) && row.trim().split(/\s+/)[3] === established).length
}

/** What the process holds: its heap, and the bytes outside of it. */
const heldMb = async ({ request }: ServiceUnderTest) => {
  const text = await (await request('GET /metrics')).text()
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]) / bytesPerMb
  return read('nodejs_heap_size_used_bytes') + read('nodejs_external_memory_bytes')
}
/** The least of some seconds: what is left of it after garbage was collected. */
const leastHeldMb = async (service: ServiceUnderTest, seconds: number) => {
  const seen: number[] = []
  for (let look = 0; look < 4 * seconds; look++) {
    seen.push(await heldMb(service))
    await delay(250)
  }
  return Math.min(...seen)
}

test('500 clients that never read cost at most 50 MB, and lose their connections within 5 s when their token is revoked', async () => {
  // A small heap has its garbage collected soon, so that what is measured is what is held.
  const env = { DATA_DIR: makeDataDir(), ADMIN_PASSWORD, NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=4' }
  await using service = await startService({ env })
  const admin = await service.logIn(ADMIN_PASSWORD)
  await fillFleet(service, admin)
  const tokens = await Promise.all(Array.from({ length: tokenCount }, (_, index) => createToken(service, admin, index)))
  await follow(service.port, admin)
  const alone = await leastHeldMb(service, 12)
  for (const { token } of tokens) await Promise.all(Array.from({ length: perToken }, () => follow(service.port, token)))
  const crowded = await leastHeldMb(service, 8)
  expect(openConnections(service.port)).toBeGreaterThanOrEqual(tokenCount * perToken)
  expect(crowded - alone, `${alone} and ${crowded} MB`).toBeLessThan(50)
  expect((await service.request('GET /api/dashboard/stream', { as: tokens[0]?.token ?? '' })).status).toBe(429)

  for (const { id } of tokens.slice(0, 10)) await service.request(`DELETE /api/tokens/${id}`, { as: admin })
  const revokedAt = performance.now()
  await expect.poll(() => openConnections(service.port), { timeout: 10_000 }).toBeLessThan(16 * perToken + 30)
  expect(performance.now() - revokedAt).toBeLessThan(5_000)
})
