import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Health } from '../../functions/health/schema.ts'
import { programPath } from '../testing/real-part.ts'
import { startService } from '../testing/service-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
const folder = mkdtempSync(join(tmpdir(), 'jobtalk-disk-'))

/** A file system of its own, which the test fills. */
const mountDisk = (): boolean => {
  try {
    execFileSync(programPath('mount'), ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'pipe' })
    return true
  } catch (error) {
    console.warn(`skipped: mount is not permitted (${String(error).split('\n')[0]})`)
    return false
  }
}
const isMounted = mountDisk()
afterAll(() => {
  if (isMounted) execFileSync(programPath('umount'), ['--lazy', folder])
  rmSync(folder, { recursive: true })
})

const filler = join(folder, 'filler')
const fillDisk = () => {
  try {
    writeFileSync(filler, Buffer.alloc(64 * 1024 * 1024))
  } catch {
    // It is full now.
  }
}
/** A round each 15 s, 5 s for the write, and a busy machine. */
const within = { timeout: 30_000, interval: 250 }

describe.runIf(isMounted)('a full disk', () => {
  test('answers 503 on /health within seconds, leaves the process alive, and all is well when there is room again', async () => {
    const DATA_DIR = join(folder, 'data')
    await using service = await startService({ env: { DATA_DIR, ADMIN_PASSWORD } })
    const health = async () => (await service.request('GET /health')).json() as Promise<Health>
    const status = async () => (await health()).status
    await expect.poll(status, within).toBe('healthy')
    const as = await service.logIn(ADMIN_PASSWORD)
    const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'db-secret-1' }
    const create = (partnerName: string) => service.request('POST /api/partners', { as, body: { partnerName, db } })

    const startedAt = performance.now()
    fillDisk()
    await expect.poll(status, within).toBe('unhealthy')
    console.log(`unhealthy after ${Math.round(performance.now() - startedAt)} ms`)
    expect(await health()).toMatchObject({ database: { ok: true }, writes: { ok: false } })
    expect((await service.request('GET /health')).status).toBe(503)
    expect((await create('Lost')).status).toBe(500)

    rmSync(filler)
    await expect.poll(status, within).toBe('healthy')
    expect((await create('Kept')).status).toBe(201)
    expect((await service.read<{ partnerName: string }[]>('GET /api/partners', { as })).map(({ partnerName }) => partnerName)).toEqual([
      'Kept',
    ])
    expect((await service.stop()).code).toBe(0)
  })
})
