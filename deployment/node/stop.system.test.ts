import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { createSshKey } from '../demo/create-ssh-key.ts'
import { type SimulatedPartner, startSimulatedPartner } from '../demo/simulated-partner.ts'
import { receivedEvents } from '../testing/received-events.ts'
import { makeDataDir, type ServiceUnderTest, startService } from '../testing/service-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'

let partner: SimulatedPartner
beforeEach(async () => {
  partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })
})
afterEach(() => partner.stop())

/** A server on loopback that accepts connections and says nothing. */
const startSilentServer = async () => {
  const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const next = async () => ((await once(server, 'connection')) as [Socket])[0]
  return { port: (server.address() as { port: number }).port, next }
}

const connectionOf = ({ ssh: { privateKey: _, ...ssh }, db }: SimulatedPartner) => ({ ssh, db })
const login = async (service: ServiceUnderTest) => {
  const as = await service.logIn(ADMIN_PASSWORD)
  const read = async () => (await service.read<Partner[]>('GET /api/partners', { as }))[0]!
  return { as, read }
}
/** Creates the partner, whose statements take a minute, and waits until its capture hangs in one. */
const hangInCapture = async (service: ServiceUnderTest) => {
  const session = await login(service)
  partner.slow(60_000)
  await service.read('POST /api/partners', { as: session.as, body: { partnerName: 'Acme', ...connectionOf(partner) } })
  await expect.poll(async () => (await session.read()).sync.status, { timeout: 20_000 }).toBe('IN_PROGRESS')
  return session
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends a service whose capture hangs with 0 within 10 s, answers who waits for it, and leaves the partner to the next one', async () => {
    const env = { DATA_DIR: makeDataDir(), ADMIN_PASSWORD }
    await using first = await startService({ env })
    const { as } = await hangInCapture(first)
    const waiting = first.read('POST /api/snapshots/capture', { as, body: {} })
    // The first answer tells that the second request has been taken.
    await first.request('GET /health')
    const { code, ms } = await first.stop(signal)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(10_000)
    expect(await waiting).toMatchObject({ results: [{ ok: false, reason: 'aborted' }] })
    expect(first.output.stdout).toMatch(/"msg":"stopped"}\n$/)
    expect(first.output.stdout).not.toMatch(/"level":"(error|fatal)"/)

    partner.slow(0)
    await using second = await startService({ env })
    const { read } = await login(second)
    await expect.poll(async () => (await read()).sync.status, { timeout: 20_000 }).toBe('SUCCESS')
    expect(await read()).toMatchObject({ sync: { consecutiveFailures: 0, lastError: null } })
    await second.stop(signal)
  })
})

test.each(['application/json', 'text/event-stream'])(
  'a stop ends a request for %s that hangs, and the connections that it holds',
  async (Accept) => {
    await using service = await startService({ env: { DATA_DIR: makeDataDir(), ADMIN_PASSWORD } })
    const { as } = await login(service)
    await service.read('PUT /api/settings', { as, body: { sshConnectTimeoutMs: 60_000 } })
    const silent = await startSilentServer()
    const accepted = silent.next()
    const hanging = service.request('POST /api/probe', {
      as,
      headers: { Accept },
      body: { ssh: { ...connectionOf(partner).ssh, port: silent.port }, db: partner.db },
    })
    const outcome = hanging.then(
      (response) => response.status,
      () => 'cut off',
    )
    const released = once(await accepted, 'close')
    const { code, ms } = await service.stop()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(10_000)
    expect(await outcome).toBe('cut off')
    await released
    expect(service.output.stdout).toMatch(/"msg":"stopped"}\n$/)
    expect(service.output.stdout).not.toMatch(/"level":"(error|fatal)"/)
  },
)

/** An encrypted key whose derivation takes days: the number of its rounds stands 24 bytes after the name of the derivation. */
const createEndlessKey = (passphrase: string) => {
  const lines = createSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 1 }).privateKey.trim().split('\n')
  const body = Buffer.from(lines.slice(1, -1).join(''), 'base64')
  body.writeUInt32BE(0x7fffffff, body.indexOf('bcrypt') + 'bcrypt'.length + 4 + 4 + 16)
  return [lines[0], body.toString('base64'), lines.at(-1)].join('\n')
}

test('a stop still answers a request whose private key asks for work without end', async () => {
  await using service = await startService({ env: { DATA_DIR: makeDataDir(), ADMIN_PASSWORD } })
  const { as } = await login(service)
  const passphrase = 'correct horse'
  const { ssh, db } = connectionOf(partner)
  const slow = { ...ssh, password: undefined, privateKey: createEndlessKey(passphrase), passphrase }
  const outcome = service.request('POST /api/partners', { as, body: { partnerName: 'Acme', ssh: slow, db } }).then(
    (response) => response.status,
    () => 'cut off',
  )
  await service.request('GET /health')
  const { code, ms } = await service.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)
  expect(await outcome).toBe(422)
  expect(service.output.stdout).toMatch(/"msg":"stopped"}\n$/)
})

test('a stop ends a delivery whose receiver says nothing, and the next process sends it', async () => {
  const silent = await startSilentServer()
  const overloaded = await startSimulatedPartner({ name: 'Busy', seed: 1, profile: 'overloaded', now: Date.now })
  onTestFinished(() => overloaded.stop())
  const env = { DATA_DIR: makeDataDir(), ADMIN_PASSWORD, ALLOW_PRIVATE_WEBHOOKS: 'true' }
  await using first = await startService({ env })
  const { as } = await login(first)
  const config = { url: `https://127.0.0.1:${silent.port}/hook`, secret: 'webhook-secret-16' }
  await first.read('POST /api/alerts/channels', { as, body: { name: 'Hook', type: 'webhook', config } })
  await first.read('POST /api/partners', { as, body: { partnerName: 'Busy', ...connectionOf(overloaded) } })
  await silent.next()
  const { code, ms } = await first.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)
  expect(first.output.stdout).toMatch(/"msg":"stopped"}\n$/)
  expect(first.output.stdout).not.toMatch(/"level":"(error|fatal)"/)

  const again = silent.next()
  await using second = await startService({ env })
  await again
  await second.stop()
})

test('a second signal does not cut a stop short', async () => {
  await using service = await startService({ env: { DATA_DIR: makeDataDir(), ADMIN_PASSWORD } })
  await hangInCapture(service)
  service.signal('SIGTERM')
  expect((await service.stop('SIGTERM')).code).toBe(0)
  expect(service.output.stdout).toMatch(/"msg":"stopped"}\n$/)
})

test('a stop ends the streams that clients follow at once', async () => {
  await using service = await startService({ env: { DATA_DIR: makeDataDir(), ADMIN_PASSWORD } })
  const { as } = await login(service)
  const streams = await Promise.all(Array.from({ length: 5 }, () => service.request('GET /api/dashboard/stream', { as })))
  const told = streams.map((response) => Array.fromAsync(receivedEvents(response)))
  const { code, ms } = await service.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(4_000)
  for (const events of await Promise.all(told))
    expect(events).toMatchObject([{ event: 'dashboard' }, { event: 'end', data: { reason: 'stopping' } }])
  expect(service.output.stdout).not.toMatch(/"level":"(error|fatal)"/)
})
