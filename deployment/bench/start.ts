import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, inMs } from './figure.ts'
import { fillDatabase } from './fill-database.ts'
import { median } from './median.ts'
import { startProduct } from './start-product.ts'

const rounds = 5
const budgetMs = 1_000

export const start: Benchmark = {
  name: 'start',
  run: async (cleanup) => {
    const makeFolder = () => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-data-'))
      cleanup.defer(() => rmSync(folder, { recursive: true }))
      return folder
    }
    const startIn = async (dataDir: string) => {
      const product = await startProduct(cleanup, dataDir)
      await product.stop()
      return product.startMs
    }
    const filled = makeFolder()
    await fillDatabase(filled)
    await startIn(filled)
    const times: { empty: number; filled: number }[] = []
    for (let round = 0; round < rounds; round++) times.push({ empty: await startIn(makeFolder()), filled: await startIn(filled) })
    const row = (what: string, ms: number) => ({ what, figure: inMs(ms), budget: `≤ ${budgetMs} ms`, met: ms <= budgetMs })
    return [
      row('start to the first healthy /health, no data', median(times.map(({ empty }) => empty))),
      row('start to the first healthy /health, 200,000 snapshots', median(times.map((time) => time.filled))),
    ]
  },
}
