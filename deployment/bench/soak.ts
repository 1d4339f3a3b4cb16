import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hostileMysql } from '../testing/hostile/hostile-mysql.ts'
import { hostileSsh } from '../testing/hostile/hostile-ssh.ts'
import { type ServedPartner, servePartners } from '../testing/hostile/served-partners.ts'
import type { LoopTimes } from '../testing/hostile/watch-loop.ts'
import { countMissed, type Stretch } from './count-missed.ts'
import { type Benchmark, type Figure, inMs } from './figure.ts'
import { type Client, type Product, startProduct } from './start-product.ts'

const minutes = process.env['CI'] ? 1 : 10
const partnerCount = 200
const hostileCount = 20
const turnMs = 20_000
const watchMs = 2_000
/** A partner that is healthy again is tried again within this, and a capture that began so shortly before it turned met the hostile one. */
const marginMs = 5_000
/** All partners are captured and connected by then. */
const settleMs = 20_000
/** In a minute, the threads in which partners are served apart are not all there by the middle. */
const budget = { loopMs: 100, growth: minutes < 10 ? 1.3 : 1.1 }

/** A minute's captures in ten seconds, and limits so short that those that hang do not take all places. */
const settings = {
  captureIntervalSeconds: 10,
  sshConnectTimeoutMs: 3_000,
  sshAuthTimeoutMs: 3_000,
  tunnelTimeoutMs: 2_000,
  dbConnectTimeoutMs: 3_000,
  queryTimeoutMs: 4_000,
}
const intervalMs = settings.captureIntervalSeconds * 1_000

const kinds = { ssh: Object.keys(hostileSsh), mysql: Object.keys(hostileMysql) }
/** These cost the thread that serves them more than a partner may. */
const overloads: readonly string[] = ['SSH: new keys again and again'] satisfies (keyof typeof hostileSsh)[]

const nth = (names: readonly string[], index: number) => names[index % names.length] ?? ''

/** The partners that are hostile in a turn, and as what: each partner and each hostile server has its turn. */
const hostilesOf = (turn: number): [index: number, kind: string][] =>
  Array.from({ length: hostileCount }, (_, place) => {
    const count = turn * hostileCount + place
    return [count % partnerCount, nth(place % 2 === 0 ? kinds.ssh : kinds.mysql, Math.floor(count / 2))]
  })

const importRow = ({ ssh, db }: ServedPartner, index: number) => ({
  partnerName: `partner ${index}`,
  db: { ...db, tls: 'off' },
  // Half of them are reached by SSH, half directly.
  ...(index % 2 === 0 && { ssh }),
})

/** Looks at the product's memory every few seconds until the signal aborts. */
const watchMemory = async (product: Product, signal: AbortSignal): Promise<number[]> => {
  const megabytes: number[] = []
  while (!signal.aborted) {
    megabytes.push(product.memory().residentMb)
    await delay(watchMs, undefined, { signal }).catch(() => undefined)
  }
  return megabytes
}

const watchingLoop = `--import=${import.meta.resolve('./watch-product.ts')}`

/** Lets twenty others be hostile each turn. Returns when which partner was healthy, and those that were to overload their thread. */
const takeTurns = async (turn: (turns: Record<number, string | null>) => void) => {
  const healthy: Stretch[][] = Array.from({ length: partnerCount }, () => [{ from: Date.now(), to: Number.POSITIVE_INFINITY }])
  const overloading = new Set<number>()
  const until = Date.now() + minutes * 60_000
  for (let round = 0; Date.now() < until; round++) {
    const hostiles = hostilesOf(round)
    for (const [index, kind] of hostiles) {
      const last = healthy[index]?.at(-1)
      if (last) last.to = Date.now() - marginMs
      if (overloads.includes(kind)) overloading.add(index)
    }
    turn(Object.fromEntries(hostiles))
    await delay(turnMs)
    turn(Object.fromEntries(hostiles.map(([index]) => [index, null])))
    for (const [index] of hostiles) healthy[index]?.push({ from: Date.now() + marginMs, to: Number.POSITIVE_INFINITY })
  }
  const end = Date.now()
  for (const stretches of healthy) for (const stretch of stretches) stretch.to = Math.min(stretch.to, end)
  return { healthy, overloading }
}

type Partner = { id: string; partnerName: string }

const readCaptures = async (client: Client, id: string, from: Date) => {
  const path = `/api/snapshots/${id}?resolution=raw&from=${from.toISOString()}`
  const { points } = await client.request<{ points: { at: string; ok: boolean }[] }>('GET', path)
  return points.map(({ at, ok }) => ({ at: Date.parse(at), ok }))
}

/** The partners for which `partner-overload` fired. */
const readBlamed = async (client: Client): Promise<Set<string>> => {
  const blamed = new Set<string>()
  for (let before: string | null = ''; before !== null; ) {
    type Page = { alerts: { partnerName: string; ruleId: string }[]; next: string | null }
    const page: Page = await client.request('GET', `/api/alerts?limit=200${before && `&before=${before}`}`)
    for (const { partnerName, ruleId } of page.alerts) if (ruleId === 'partner-overload') blamed.add(partnerName)
    before = page.next
  }
  return blamed
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

const figuresOf = (missed: number, unseen: number, overloads: number, loop: LoopTimes, megabytes: readonly number[]): Figure[] => {
  const during = (from: number, to: number) => mean(megabytes.slice(Math.floor(megabytes.length * from), Math.ceil(megabytes.length * to)))
  const middleMb = during(0.4, 0.6)
  const growth = during(0.8, 1) / middleMb
  // On a machine that does too much at once, a loop also waits without any work of its own.
  const waitMs = Math.min(loop.delayMs, loop.workMs)
  return [
    {
      what: `${partnerCount} partners, ${hostileCount} hostile in turn, ${minutes} min: healthy captures missed`,
      figure: `${missed}`,
      budget: '0',
      met: missed === 0,
    },
    {
      what: "its event loop's longest wait by its own work",
      figure: `${inMs(waitMs)} (${inMs(loop.delayMs)} with the machine's)`,
      budget: `≤ ${budget.loopMs} ms`,
      met: waitMs <= budget.loopMs,
    },
    { what: "its event loop's 99th percentile", figure: inMs(loop.p99Ms) },
    {
      what: 'its memory at the end, against the middle',
      figure: `${Math.round(during(0.8, 1))} MB of ${Math.round(middleMb)}`,
      budget: `≤ ${budget.growth} ×`,
      ratio: growth,
      met: growth <= budget.growth,
    },
    { what: 'its overloads without an alert', figure: `${unseen} of ${overloads}`, budget: '0', met: unseen === 0 },
  ]
}

export const soak: Benchmark = {
  name: 'soak',
  run: async (cleanup) => {
    const served = await servePartners({ healthy: partnerCount, hostile: false, turning: true })
    cleanup.defer(served.stop)
    const dataDir = mkdtempSync(join(tmpdir(), 'bench-data-'))
    cleanup.defer(() => rmSync(dataDir, { recursive: true }))
    const product = await startProduct(cleanup, dataDir, [watchingLoop])
    const client = await product.signIn()
    await client.request('PUT', '/api/settings', settings)
    await client.request('POST', '/api/partners/import', served.healthy.map(importRow))
    await delay(settleMs)

    const startedAt = new Date()
    const over = new AbortController()
    const memory = watchMemory(product, over.signal)
    product.send('begin')
    const { healthy, overloading } = await takeTurns(served.turn).finally(() => over.abort())
    const loop = product.receive()
    product.send('end')

    let missed = 0
    for (const { id, partnerName } of await client.request<Partner[]>('GET', '/api/partners'))
      missed += countMissed(await readCaptures(client, id, startedAt), healthy[Number(partnerName.split(' ')[1])] ?? [], intervalMs)
    const blamed = await readBlamed(client)
    const unseen = [...overloading].filter((index) => !blamed.has(`partner ${index}`)).length
    return figuresOf(missed, unseen, overloading.size, (await loop) as LoopTimes, await memory)
  },
}
