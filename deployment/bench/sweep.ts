import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callingDatabase } from './calling-database.ts'
import type { Benchmark } from './figure.ts'
import { median } from './median.ts'
import { startDatabase, startQuietSshd } from './start-partner.ts'
import { type Client, startProduct } from './start-product.ts'

const partnerCount = 500
const warmSweeps = 3
const budget = { ms: 5_000, mb: 300 }
const password = 'bench-only-1'
const username = 'reader'
const names = Array.from({ length: partnerCount }, (_, index) => `partner_${index + 1}`)

const schemas = () => {
  const tables = callingDatabase({ campaigns: 10, calls: 500 })
  const databases = names.map((name) => `CREATE DATABASE ${name}; USE ${name}; ${tables}`)
  return `SET GLOBAL table_open_cache = 4000; CREATE USER ${username} IDENTIFIED BY '${password}'; GRANT SELECT ON *.* TO ${username}; ${databases.join('')}`
}

const captureAll = async (client: Client): Promise<number> => {
  const startedAt = performance.now()
  const { results } = await client.request<{ results: { ok: boolean; message?: string }[] }>('POST', '/api/snapshots/capture', {})
  const ms = performance.now() - startedAt
  const failed = results.filter(({ ok }) => !ok)
  if (results.length !== partnerCount || failed.length > 0)
    throw new Error(`${failed.length} of ${results.length} captures failed: ${failed[0]?.message}`)
  return ms
}

export const sweep: Benchmark = {
  name: 'sweep',
  run: async (cleanup) => {
    const sshd = await startQuietSshd(cleanup)
    const mariadb = await startDatabase(cleanup)
    await mariadb.run(schemas())
    const dataDir = mkdtempSync(join(tmpdir(), 'bench-data-'))
    cleanup.defer(() => rmSync(dataDir, { recursive: true }))
    const product = await startProduct(cleanup, dataDir)
    const client = await product.signIn()
    // So that the product's own sweep stays out of the way.
    await client.request('PUT', '/api/settings', { captureIntervalSeconds: 3_600 })
    const db = { host: '127.0.0.1', port: mariadb.port, username, password }
    const ssh = { host: '127.0.0.1', port: sshd.port, username: sshd.username, privateKey: sshd.privateKey }
    const hostKey = { hostKeySha256: sshd.hostKeySha256() }
    const rows = names.map((name) => ({ partnerName: name, db: { ...db, name }, ssh: { ...ssh, ...hostKey } }))
    await client.request('POST', '/api/partners/import', rows)

    const coldMs = await captureAll(client)
    const times: number[] = []
    for (let sweeps = 0; sweeps < warmSweeps; sweeps++) times.push(await captureAll(client))
    const ms = median(times)
    const { residentMb, peakMb } = product.memory()
    const what = `${partnerCount} partners`
    return [
      { what: `warm sweep of ${what}`, figure: `${(ms / 1000).toFixed(1)} s`, budget: `≤ ${budget.ms / 1000} s`, met: ms <= budget.ms },
      {
        what: `memory with ${what} connected, at most`,
        figure: `${Math.round(peakMb)} MB (now ${Math.round(residentMb)})`,
        budget: `≤ ${budget.mb} MB`,
        met: peakMb <= budget.mb,
      },
      { what: `first capture of ${what}`, figure: `${(coldMs / 1000).toFixed(1)} s` },
    ]
  },
}
