import { writeSync } from 'node:fs'
import { MongoClient } from 'mongodb'
import { startEmbeddedMongo } from './start-embedded-mongo.ts'

/** A process for the tests: starts the engine in the directory given, says its URL, then says what each acknowledged command wrote. */
const [dataDir = '', run = ''] = process.argv.slice(2)
const say = (line: string): void => {
  writeSync(1, `${line}\n`)
}

const engine = await startEmbeddedMongo({ dataDir })
const client = new MongoClient(engine.url)
const db = client.db('test')
say(`url ${engine.url}`)
if (run !== '') {
  const batches = db.collection<{ _id: string; batch: string; text: string }>('batches')
  await batches.createIndex({ batch: 1 })
  const counters = db.collection<{ _id: number; n: number }>('counters')
  await counters.createIndex({ n: 1 })
  await counters.bulkWrite(
    Array.from({ length: 200 }, (_, _id) => ({ updateOne: { filter: { _id }, update: { $setOnInsert: { n: 0 } }, upsert: true } })),
  )
  for (let i = 0; ; i++) {
    const batch = `${run}-${i}`
    await batches.insertMany([0, 1, 2, 3, 4].map((part) => ({ _id: `${batch}-${part}`, batch, text: 'x'.repeat(1000 * part) })))
    say(`batch ${batch}`)
    await counters.updateMany({}, { $inc: { n: 1 } })
    say('counted')
  }
}
