import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type FunctionName, router } from '../../functions/router.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'
import { wire } from './wire.ts'

const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }

/** Mounts one function and asks it once; `opened` lists the parts that it has taken to that. */
const mount = async (name: FunctionName) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'jobtalk-wire-'))
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const wired = await wire(readConfig({ DATA_DIR: dataDir }), log, { runsSweep: name === 'snapshots' })
  onTestFinished(async () => {
    await wired.close()
    rmSync(dataDir, { recursive: true })
  })
  const app = router(wired.deps, [name])
  const ask = async (path: string) => (await app.request(path, {}, env)).status
  await ask(`/api/${name}`)
  const entries = () => lines.map((line) => JSON.parse(line) as { part?: string; msg: string })
  return { wired, ask, opened: () => entries().flatMap(({ part, msg }) => (msg === 'part opened' && part ? [part] : [])) }
}

test.each<FunctionName>(['audit', 'partners', 'users', 'tokens', 'settings', 'secrets', 'login', 'alerts', 'dashboard'])(
  '%s alone opens no pool, sweeper or metrics of captures',
  async (name) => {
    expect((await mount(name)).opened()).toEqual([])
  },
)

test('what is asked for opens what it needs', async () => {
  const health = await mount('health')
  expect(await health.ask('/metrics')).toBe(200)
  expect(health.opened()).toEqual(['metrics'])
  const snapshots = await mount('snapshots')
  await snapshots.wired.sweep()
  expect(snapshots.opened()).toEqual(['sweeper', 'pool'])
})
