import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { type ContainerUnderTest, composeUp, docker } from './container-under-test.ts'
import { startPartnerOutside } from './outside-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'

let partner: Awaited<ReturnType<typeof startPartnerOutside>>
let container: ContainerUnderTest
beforeEach(async () => {
  partner = await startPartnerOutside()
  container = await composeUp('dev', { ADMIN_PASSWORD })
  await container.untilHealthy()
})
afterEach(() => Promise.all([container.down(), partner.stop()]))

const readPartner = async (as: string) => (await container.read<Partner[]>('GET /api/partners', { as }))[0]!

test('a stop while a capture hangs ends with 0 within 15 s, answers who waits and loses nothing', async () => {
  const as = await container.logIn(ADMIN_PASSWORD)
  const { id } = await container.read<Partner>('POST /api/partners', { as, body: partner.as('Acme') })
  const capture = () => container.read<{ results: unknown[] }>('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })
  expect(await capture()).toMatchObject({ results: [{ ok: true }] })
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const history = async (token: string) =>
    (await container.read<{ points: unknown[] }>(`GET /api/snapshots/${id}?from=${from}&resolution=raw`, { as: token })).points
  const before = await history(as)
  expect(before.length).toBeGreaterThan(0)

  await partner.mariadb.hold('acme', 'calls', async () => {
    const waiting = capture()
    await expect.poll(async () => (await readPartner(as)).sync.status, { timeout: 20_000 }).toBe('IN_PROGRESS')
    const { code, ms } = await container.stop()
    console.log(`docker stop took ${Math.round(ms)} ms`)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(15_000)
    expect(await waiting).toMatchObject({ results: [{ ok: false, reason: 'aborted' }] })
  })
  const logs = await container.logs()
  expect(logs).toMatch(/"msg":"stopped"}\n/)
  expect(logs).not.toMatch(/"level":"fatal"/)

  await docker('start', container.id)
  await container.untilHealthy()
  const again = await container.logIn(ADMIN_PASSWORD)
  await expect.poll(async () => (await readPartner(again)).sync.status, { timeout: 20_000 }).toBe('SUCCESS')
  expect(await readPartner(again)).toMatchObject({ id, sync: { consecutiveFailures: 0, lastError: null } })
  expect((await history(again)).slice(0, before.length)).toEqual(before)
})

/** The oldest process inside whose command line starts so; empty: none. */
const pidOf = (commandLine: string) =>
  container.bash(`for p in $(ls -v /proc | grep '^[0-9]'); do
    if [[ $(tr '\\0' ' ' <"/proc/$p/cmdline") == "${commandLine}"* ]]; then echo "$p" && exit; fi
  done 2>/dev/null`)

test('a backend that hangs is replaced within about 60 s, and the log says so', async () => {
  const backend = 'node --max-semi-space-size'
  const pid = await pidOf(backend)
  // It is killed once it has run for long enough to have answered.
  await container.bash('sleep 6')
  await container.bash(`kill -STOP ${pid}`)
  const stoppedAt = performance.now()
  await expect.poll(() => pidOf(backend), { timeout: 75_000 }).toMatch(new RegExp(`^(?!${pid}$)\\d+$`))
  await container.untilHealthy()
  console.log(`healthy ${Math.round(performance.now() - stoppedAt)} ms after it was stopped`)
  expect(await container.logs()).toMatch(/"level":"error".*"program":"backend","msg":"it answered nothing for 3\d s and is started again"/)
  expect(await container.inspect('.RestartCount')).toBe(0)
})

test.each([
  ['the backend', 'node --max-semi-space-size'],
  ["nginx's master", 'nginx: master'],
  ['a worker of nginx', 'nginx: worker'],
])('%s heals when it is killed, within the same container', async (_, commandLine) => {
  const as = await container.logIn(ADMIN_PASSWORD)
  const pid = await pidOf(commandLine)
  await container.bash(`kill -KILL ${pid}`)
  await expect.poll(() => pidOf(commandLine), { timeout: 60_000 }).toMatch(new RegExp(`^(?!${pid}$)\\d+$`))
  const health = () =>
    container.request('GET /health').then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(health, { timeout: 60_000 }).toBe(200)
  expect((await container.request('GET /')).status).toBe(200)
  expect((await container.request('GET /api/partners', { as })).status).toBe(200)
  expect(await container.inspect('.RestartCount')).toBe(0)
})
