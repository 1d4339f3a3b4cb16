import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Health } from '../../functions/health/schema.ts'
import { startReplicaSet } from '../testing/mongod.ts'
import { programPath, requireParts } from '../testing/real-part.ts'
import { makeDataDir, startService } from '../testing/service-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
/** A round each 15 s, 5 s for the write, and a busy machine. */
const within = { timeout: 30_000, interval: 250 }

const folder = mkdtempSync(join(tmpdir(), 'jobtalk-disk-'))
afterAll(() => rmSync(folder, { recursive: true }))

const mount = (...args: string[]) => execFileSync(programPath('mount'), args, { stdio: 'pipe' })
const unmount = () => {
  execFileSync(programPath('umount'), [folder])
}

/** Mounts a file system of its own for the test. `false`, with the reason on the console: that is not permitted here. */
const canMount = (...args: string[]): boolean => {
  try {
    mount(...args)
    unmount()
    return true
  } catch (error) {
    console.warn(`skipped: mount is not permitted (${String(error).split('\n')[0]})`)
    return false
  }
}

const start = async (env: Record<string, string>) => {
  const service = await startService({ env: { ...env, ADMIN_PASSWORD } })
  const health = async () => (await service.request('GET /health')).json() as Promise<Health>
  const becomes = async (status: Health['status']) => {
    const startedAt = performance.now()
    await expect.poll(async () => (await health()).status, within).toBe(status)
    console.log(`${status} after ${Math.round(performance.now() - startedAt)} ms`)
  }
  await becomes('healthy')
  const as = await service.logIn(ADMIN_PASSWORD)
  const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'db-secret-1' }
  return {
    service,
    becomes,
    create: async (partnerName: string) => (await service.request('POST /api/partners', { as, body: { partnerName, db } })).status,
    /** It lives, and says that the database can be read and not be written. */
    saysNoWrites: async () => {
      await becomes('unhealthy')
      expect(await health()).toMatchObject({ database: { ok: true }, writes: { ok: false } })
      expect((await service.request('GET /health')).status).toBe(503)
    },
    partners: async () =>
      (await service.read<{ partnerName: string }[]>('GET /api/partners', { as })).map(({ partnerName }) => partnerName),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

const tmpfs = ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]
describe.runIf(canMount(...tmpfs))('a full disk', () => {
  test('answers 503 on /health within seconds, leaves the process alive, and all is well when there is room again', async () => {
    mount(...tmpfs)
    onTestFinished(unmount)
    await using under = await start({ DATA_DIR: join(folder, 'data') })
    const filler = join(folder, 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(64 * 1024 * 1024))).toThrow('ENOSPC')
    await under.saysNoWrites()
    expect(await under.create('Lost')).toBe(500)
    rmSync(filler)
    await under.becomes('healthy')
    expect(await under.create('Kept')).toBe(201)
    expect(await under.partners()).toEqual(['Kept'])
    expect((await under.service.stop()).code).toBe(0)
  })
})

const image = join(folder, '..', `${folder.split('/').at(-1)}.img`)
afterAll(() => rmSync(image, { force: true }))
const makeImage = () => {
  writeFileSync(image, '')
  truncateSync(image, 64 * 1024 * 1024)
  execFileSync(programPath('mkfs.ext4'), ['-q', '-F', image])
}
const ext4 = ['-o', 'loop,errors=remount-ro', image, folder]
const canMakeImage = () => {
  if (!requireParts('mkfs.ext4', 'e2fsck')) return false
  makeImage()
  return canMount(...ext4)
}

describe.runIf(canMakeImage())('a file system that turns read-only over an error', () => {
  test('answers 503 on /health within seconds, still reads, and keeps what it stored for the start on the repaired one', async () => {
    makeImage()
    mount(...ext4)
    onTestFinished(unmount)
    const env = { DATA_DIR: join(folder, 'data') }
    {
      await using under = await start(env)
      expect(await under.create('Kept')).toBe(201)
      execFileSync('sync', ['--file-system', folder])
      // What the kernel does after an error of the disk. It takes no writes again before it was repaired unmounted.
      mount('-o', 'remount,abort', folder)
      await under.saysNoWrites()
      expect(await under.create('Lost')).toBe(500)
      expect(await under.partners()).toEqual(['Kept'])
      await under.service.stop()
    }
    unmount()
    execFileSync('sh', ['-c', `${programPath('e2fsck')} -p ${image} || [ $? -eq 1 ]`])
    mount(...ext4)
    await using again = await start(env)
    expect(await again.create('New')).toBe(201)
    expect(await again.partners()).toEqual(['Kept', 'New'])
  })
})

describe.runIf(requireParts('mongod'))('a MongoDB that takes reads and no writes', () => {
  let set: Awaited<ReturnType<typeof startReplicaSet>>
  beforeAll(async () => {
    set = await startReplicaSet()
  })
  afterAll(() => set.stop())

  test.each([
    ['is locked', () => set.primary.admin({ fsync: 1, lock: true }), () => set.primary.admin({ fsyncUnlock: 1 })],
    ['lost its majority', async () => set.secondary.pause(), async () => set.secondary.resume()],
  ])('answers 503 on /health within seconds when it %s, and is healthy again by itself', async (reason, breakIt, mend) => {
    const MONGO_URL = `mongodb://127.0.0.1:${set.primary.port}/?directConnection=true`
    await using under = await start({ DATA_DIR: makeDataDir(), MONGO_URL, DB_NAME: `no_writes_${reason.length}` })
    expect(await under.create('Before')).toBe(201)
    await breakIt()
    try {
      await under.saysNoWrites()
      expect(await under.partners()).toEqual(['Before'])
    } finally {
      await mend()
    }
    await under.becomes('healthy')
    expect(await under.create('After')).toBe(201)
    expect((await under.service.stop()).code).toBe(0)
  })
})
