import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort, startDaemon, stopDaemon } from '../testing/daemon.ts'
import type { Benchmark } from './figure.ts'
import { fillDatabase } from './fill-database.ts'
import { measureRate } from './measure-rate.ts'
import { median } from './median.ts'
import { type Client, startProduct } from './start-product.ts'

const rounds = 3
const roundMs = 3_000
const changeEveryMs = 100
const budget = 0.5
const bareRoute = fileURLToPath(import.meta.resolve('./bare-route.ts'))

const startBareRoute = async (cleanup: AsyncDisposableStack, folder: string, text: string) => {
  const path = join(folder, 'dashboard.json')
  writeFileSync(path, text)
  const port = await findFreePort()
  const daemon = await startDaemon(process.execPath, [bareRoute, path, String(port)], port)
  cleanup.defer(() => stopDaemon(daemon))
  return { url: `http://127.0.0.1:${port}/` }
}

/** Changes a partner every 100 ms, each of which makes the dashboard new, until the signal aborts. */
const keepChanging = async (client: Client, signal: AbortSignal) => {
  const [first] = await client.request<{ id: string; version: number }[]>('GET', '/api/partners')
  for (let version = first?.version ?? 0; !signal.aborted; version++) {
    await client.request('PATCH', `/api/partners/${first?.id}`, { version, priority: 1 + (version % 10) })
    await delay(changeEveryMs, undefined, { signal }).catch(() => undefined)
  }
}

export const dashboard: Benchmark = {
  name: 'dashboard',
  run: async (cleanup) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-data-'))
    cleanup.defer(() => rmSync(folder, { recursive: true }))
    await fillDatabase(folder)
    const { origin, signIn } = await startProduct(cleanup, folder)
    const client = await signIn()
    const own = { url: `${origin}/api/dashboard`, authorization: client.authorization }
    const text = JSON.stringify(await client.request('GET', '/api/dashboard'))
    const bare = await startBareRoute(cleanup, folder, text)

    const rates: { own: number; bare: number }[] = []
    for (let round = 0; round <= rounds; round++)
      rates.push({ own: await measureRate(own, roundMs), bare: await measureRate(bare, roundMs) })
    const measured = rates.slice(1)
    const ownRate = median(measured.map((rate) => rate.own))
    const bareRate = median(measured.map((rate) => rate.bare))
    const ratio = ownRate / bareRate

    const ending = new AbortController()
    const changing = keepChanging(client, ending.signal)
    const changingRate = await measureRate(own, roundMs).finally(() => ending.abort())
    await changing
    const size = `${(Buffer.byteLength(text) / 1_000_000).toFixed(1)} MB`
    return [
      {
        what: `GET /api/dashboard (${size}) / the same from a bare route`,
        figure: `${Math.round(ownRate)} / ${Math.round(bareRate)} per s`,
        budget: `≥ ${budget}`,
        ratio,
        met: ratio >= budget,
      },
      { what: 'GET /api/dashboard with ten changes a second', figure: `${Math.round(changingRate)} per s` },
    ]
  },
}
