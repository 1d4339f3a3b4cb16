import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Db, MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmbeddedMongo } from './start-embedded-mongo.ts'

const ROUNDS = 25
const writer = fileURLToPath(import.meta.resolve('./write-until-killed.ts'))

describe('a data directory', () => {
  let dataDir: string
  let child: ChildProcess | undefined

  /** Starts the writer; the lines that it says end when it dies. */
  const spawnWriter = (run: string): AsyncIterableIterator<string> => {
    const started = spawn(process.execPath, [writer, dataDir, run], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    return createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  }
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const withEngine = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    const engine = await startEmbeddedMongo({ dataDir })
    const client = new MongoClient(engine.url)
    try {
      return await work(client.db('test'))
    } finally {
      await client.close()
      await engine.close()
    }
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-durability-'))
  })
  afterEach(async () => {
    await kill()
    await rm(dataDir, { recursive: true })
  })

  test('holds every acknowledged write and no half one, however often its process is killed', async () => {
    const acknowledged: string[] = []
    let counted = 0
    for (let round = 0; round < ROUNDS; round++) {
      const victim = randomInt(1, 40)
      let lines = 0
      let killTimer: NodeJS.Timeout | undefined
      for await (const line of spawnWriter(`run${round}`)) {
        if (line.startsWith('batch ')) acknowledged.push(line.slice('batch '.length))
        if (line === 'counted') counted++
        if (++lines === victim) killTimer = setTimeout(() => child?.kill('SIGKILL'), randomInt(0, 10))
      }
      clearTimeout(killTimer)
      await kill()
      await withEngine(async (db) => {
        const sizes = await db
          .collection('batches')
          .aggregate([{ $group: { _id: '$batch', n: { $sum: 1 } } }])
          .toArray()
        const size = new Map(sizes.map(({ _id, n }) => [String(_id), n]))
        expect(acknowledged.filter((batch) => size.get(batch) !== 5)).toEqual([])
        expect(sizes.filter(({ n }) => n !== 5)).toEqual([])
        for (const batch of acknowledged.slice(-20)) expect(await db.collection('batches').countDocuments({ batch })).toBe(5)

        const values = await db.collection('counters').distinct('n')
        if (values.length > 0 || counted > 0) {
          expect(values).toHaveLength(1)
          expect(values[0]).toBeGreaterThanOrEqual(counted)
          expect(await db.collection('counters').countDocuments({ n: values[0] })).toBe(200)
          counted = values[0]
        }
      })
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS)
  })

  test('serves several processes through one engine, and only one process opens it', async () => {
    const { value } = await spawnWriter('').next()
    const url = String(value).slice('url '.length)
    await expect(startEmbeddedMongo({ dataDir })).rejects.toThrow(`is in use by process ${child?.pid}; set MONGO_URL=${url}`)
    const [one, two] = [new MongoClient(url), new MongoClient(url)]
    try {
      await one.db('test').collection('rows').insertOne({ a: 1 })
      expect(await two.db('test').collection('rows').countDocuments({ a: 1 })).toBe(1)
    } finally {
      await one.close()
      await two.close()
    }
    await kill()
    expect(await withEngine((db) => db.collection('rows').countDocuments())).toBe(1)
  })
})
