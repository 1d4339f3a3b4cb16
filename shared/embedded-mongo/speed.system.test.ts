import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Collection, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedMongo, startEmbeddedMongo } from './start-embedded-mongo.ts'

type Row = { _id: number; partner: number; at: Date; text: string }

const TOTAL = 200_000
const PARTNERS = 100

describe('200,000 documents', () => {
  let dataDir: string
  let engine: EmbeddedMongo
  let client: MongoClient
  let rows: Collection<Row>
  let plans: object[] = []

  const medianMs = async (work: () => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < 101; i++) {
      const startedAt = performance.now()
      await work()
      times.push(performance.now() - startedAt)
    }
    return times.sort((a, b) => a - b)[50] ?? Number.POSITIVE_INFINITY
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-speed-'))
    const ignore = (): void => {}
    const log = { debug: (fields: object) => plans.push(fields), info: ignore, warn: ignore, error: ignore }
    engine = await startEmbeddedMongo({ dataDir, log })
    client = new MongoClient(engine.url)
    rows = client.db('test').collection<Row>('rows')
    await rows.createIndex({ partner: 1, at: -1 })
    const batch = 10_000
    for (let from = 0; from < TOTAL; from += batch) {
      await rows.insertMany(
        Array.from({ length: batch }, (_, i) => ({
          _id: from + i,
          partner: (from + i) % PARTNERS,
          at: new Date(1000 * (from + i)),
          text: 'x'.repeat(300),
        })),
      )
    }
  })
  afterAll(async () => {
    await client.close()
    await engine.close()
    await rm(dataDir, { recursive: true })
  })

  test('the latest of one partner are found in less than 3 ms, and only they are read', async () => {
    plans = []
    const find = () => rows.find({ partner: 7 }).sort({ at: -1 }).limit(10).toArray()
    expect((await find()).map(({ _id }) => _id)).toEqual(Array.from({ length: 10 }, (_, i) => TOTAL - 93 - i * PARTNERS))
    expect(plans).toMatchObject([{ index: 'partner_1_at_-1', keysExamined: 10, docsExamined: 10 }])
    expect(await medianMs(find)).toBeLessThan(3)
  })

  test('one document is found and changed by its id in less than 3 ms', async () => {
    expect(await medianMs(() => rows.findOne({ _id: 123_456 }))).toBeLessThan(3)
    expect(await medianMs(() => rows.updateOne({ _id: 123_456 }, { $set: { text: String(Math.random()) } }))).toBeLessThan(3)
  })

  test('a range of one partner is counted in less than 3 ms', async () => {
    const filter = { partner: 7, at: { $gte: new Date(1000 * (TOTAL / 2)) } }
    expect(await rows.countDocuments(filter)).toBe(TOTAL / PARTNERS / 2)
    expect(await medianMs(() => rows.countDocuments(filter))).toBeLessThan(3)
  })
})
