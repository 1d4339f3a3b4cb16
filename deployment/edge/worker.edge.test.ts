import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Dashboard } from '../../functions/dashboard/schema.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { startSimulatedPartner } from '../demo/simulated-partner.ts'
import { startDatabaseRelay } from '../testing/database-relay.ts'
import { requireParts } from '../testing/real-part.ts'
import { startSshd } from '../testing/sshd.ts'
import { openTestDatabase } from '../testing/test-databases.ts'
import { quietWrangler, startWorker, workerVariables } from './worker-under-test.ts'

const root = join(import.meta.dirname, '../..')

const openDatabase = async () => {
  const database = await openTestDatabase()
  const relay = await startDatabaseRelay(decodeURIComponent(new URL(database.url).host))
  onTestFinished(async () => {
    relay.stop()
    await database.close()
  })
  return { ...database, url: relay.url, name: database.db.databaseName, mostConnections: relay.mostConnections }
}

/** A Worker that ends with its test, if not before. */
const start = async (...args: Parameters<typeof startWorker>) => {
  const worker = await startWorker(...args)
  onTestFinished(worker.stop)
  return worker
}

/** Waits for a text in the log, which may come after the answer. */
const logs = (worker: { output: () => string }, text: string) => expect.poll(worker.output, { timeout: 10_000 }).toContain(text)

test.runIf(requireParts('sshd', 'ssh-keygen'))('a partner is probed and captured through a hop', async () => {
  const { url, name } = await openDatabase()
  const partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })
  const sshd = await startSshd()
  onTestFinished(async () => void (await Promise.all([partner.stop(), sshd.stop()])))
  const worker = await start(url, name)
  const as = await worker.logIn(workerVariables.ADMIN_PASSWORD)
  const { privateKey: _, ...ssh } = partner.ssh
  const { port, username, privateKey } = sshd
  const jumps = [{ host: '127.0.0.1', port, username, privateKey, hostKeySha256: sshd.hostKeySha256() }]
  const body = { partnerName: 'Acme', db: partner.db, ssh: { ...ssh, hostKeySha256: partner.ssh.hostKeySha256, jumps } }
  const { id } = await worker.read<Partner>('POST /api/partners', { as, body })
  expect(await worker.read('POST /api/snapshots/capture', { as, body: { partnerIds: [id] } })).toMatchObject({ results: [{ ok: true }] })
  expect(await worker.read(`POST /api/probe/${id}`, { as })).toMatchObject({ ok: true, jumpKeys: [{ sha256: sshd.hostKeySha256() }] })
})

test('the cron trigger captures all that is due, and the Worker starts again on the same database within 1.5 s', async () => {
  const { url, name } = await openDatabase()
  const partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })
  onTestFinished(() => partner.stop())
  const worker = await start(url, name)
  const as = await worker.logIn(workerVariables.ADMIN_PASSWORD)
  const { privateKey: _, ...ssh } = partner.ssh
  const connection = { db: partner.db, ssh: { ...ssh, hostKeySha256: partner.ssh.hostKeySha256 } }
  for (const partnerName of ['Acme', 'Globex', 'Initech'])
    await worker.read<Partner>('POST /api/partners', { as, body: { partnerName, ...connection } })
  await worker.runScheduled()
  const { overview, partners } = await worker.read<Dashboard>('GET /api/dashboard', { as })
  expect(overview).toMatchObject({ activePartners: 3, coveredPartners: 3 })
  expect(partners).toMatchObject(Array(3).fill({ state: 'ok', snapshot: { concurrencyLimit: expect.any(Number) } }))
  expect((await worker.request('GET /alerts')).headers.get('content-type')).toContain('text/html')
  await worker.stop()

  const again = await start(url, name)
  const startedAt = performance.now()
  expect(await again.read('GET /health')).toMatchObject({ status: 'healthy' })
  const ms = Math.round(performance.now() - startedAt)
  console.log(`first answer with indexes in place: ${ms} ms`)
  expect(ms).toBeLessThanOrEqual(1_500)
})

test('however many ask at once, three connections to one MongoDB server are enough: Cloudflare allows an object six sockets', async () => {
  const { url, name, mostConnections } = await openDatabase()
  const worker = await start(url, name)
  const as = await worker.logIn(workerVariables.ADMIN_PASSWORD)
  const answers = await Promise.all(Array.from({ length: 50 }, () => worker.request('GET /api/partners', { as })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(mostConnections()).toBe(3)
})

test('no admin is made whose password nobody knows: the log asks for ADMIN_PASSWORD', async () => {
  const { url, name, db } = await openDatabase()
  const worker = await start(url, name, { ADMIN_PASSWORD: '' })
  expect(await worker.read('GET /health')).toMatchObject({ status: 'healthy' })
  await logs(worker, 'there is no user yet: set ADMIN_PASSWORD')
  expect(await db.collection('users').countDocuments()).toBe(0)
})

test('a configuration that is not usable is answered with the one error body, and named in the log alone', async () => {
  const { url, name } = await openDatabase()
  const worker = await start(url, `${name}/wrong`)
  const response = await worker.request('GET /health')
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({
    error: { code: 'unavailable', message: 'The service could not start.', requestId: expect.any(String) },
  })
  await logs(worker, 'DB_NAME must be 1 to 63 letters')
})

/** The size of the Worker as it would be uploaded, in bytes after gzip. */
const uploadBytes = (...args: string[]): number => {
  const folder = mkdtempSync(join(tmpdir(), 'jobtalk-edge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const config = join(root, 'deployment/edge/wrangler.jsonc')
  const output = execFileSync(
    join(root, 'node_modules/.bin/wrangler'),
    ['deploy', '--dry-run', '--config', config, '--outdir', folder, '--assets', folder, ...args],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...quietWrangler },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  return Number(/gzip: ([\d.]+) KiB/.exec(output)?.[1]) * 1024
}

test('the Worker takes at most 1 MB without the SSH and MySQL parts, and 1.5 MB with them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobtalk-edge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const nothing = join(folder, 'nothing.cjs')
  writeFileSync(nothing, 'module.exports = {}')
  const without = uploadBytes('--alias', `ssh2:${nothing}`, '--alias', `mysql2:${nothing}`)
  const whole = uploadBytes()
  console.log(`upload, gzip: ${Math.round(without / 1024)} kB without SSH and MySQL, ${Math.round(whole / 1024)} kB with them`)
  expect(without).toBeLessThanOrEqual(1_048_576)
  expect(whole).toBeLessThanOrEqual(1.5 * 1_048_576)
})
