import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../deployment/testing/test-databases.ts'
import { createLog } from '../../shared/node/log.ts'
import { at, partnerDoc } from '../../shared/node/mongo/docs-under-test.ts'
import { createPartnerStore, type PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { Settings } from '../../shared/settings.ts'
import { createSelfCheck, type SelfCheck } from './create-self-check.ts'

let database: TestDatabase
let partners: PartnerStore
beforeAll(async () => {
  database = await openTestDatabase()
  partners = createPartnerStore(database.db)
})
afterAll(() => database.close())

let world: { wallMs: number; monotonicMs: number; write: () => Promise<unknown>; lines: { level: string; msg: string }[] }
let check: SelfCheck
beforeEach(async () => {
  await database.db.collection('partner_configs').deleteMany()
  world = { wallMs: at(0).getTime(), monotonicMs: 5_000, write: async () => {}, lines: [] }
  check = createSelfCheck({
    partners,
    settings: { read: async () => Settings.parse({}) },
    probeWrite: () => world.write(),
    everyMs: 15_000,
    now: () => new Date(world.wallMs),
    monotonicMs: () => world.monotonicMs,
    log: createLog({ level: 'info', destination: { write: (line) => world.lines.push(JSON.parse(line)) } }),
  })
})

const pass = (seconds: number) => {
  world.wallMs += seconds * 1000
  world.monotonicMs += seconds * 1000
}
const look = async (seconds = 15) => {
  pass(seconds)
  await check.run()
  return check.state()
}
const addPartner = (id: string, dueInSeconds: number, isActive = true) =>
  partners.insert(
    partnerDoc(id, {
      isActive,
      schedule: { dueAt: new Date(world.wallMs + dueInSeconds * 1000), leasedUntil: new Date(0), leaseId: null },
    }),
  )

test('says nothing before its first look', () => {
  expect(check.state()).toBeNull()
})

test('a write that fails shows with the next look, and so does one that works again; the log says each once', async () => {
  await look()
  const lastOkAt = new Date(world.wallMs)
  world.write = () => Promise.reject(new Error('no space'))
  expect(await look()).toMatchObject({ writes: { ok: false, lastOkAt } })
  await look()
  world.write = async () => {}
  expect(await look()).toMatchObject({ writes: { ok: true, lastOkAt: new Date(world.wallMs) } })
  expect(world.lines.map(({ msg }) => msg)).toEqual(['the database takes no writes', 'the database takes writes again'])
})

test('a look that hangs is no good sign', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  world.write = () => promise
  const run = check.run()
  pass(60)
  expect(check.state()).toMatchObject({ writes: { ok: true } })
  pass(1)
  expect(check.state()).toMatchObject({ writes: { ok: false } })
  resolve()
  await run
  expect(check.state()).toMatchObject({ writes: { ok: true } })
})

test('counts the active partners without a capture for three intervals, and those that are due too far ahead', async () => {
  await look(180)
  await addPartner('on time', -119)
  await addPartner('late', -136)
  await addPartner('ahead', 180)
  await addPartner('inactive', -9_000, false)
  expect(await look(0)).toMatchObject({ captures: { active: 3, late: 2 } })
})

test('expects captures from three intervals after the start, or after the clock was set', async () => {
  await addPartner('late', -9_000)
  expect(await look(179)).toMatchObject({ captures: { active: 1, late: 0 } })
  expect(await look(1)).toMatchObject({ captures: { active: 1, late: 1 } })
  world.wallMs += 3_600_000
  expect(await look()).toMatchObject({ captures: { active: 1, late: 0 } })
  expect(await look(180)).toMatchObject({ captures: { active: 1, late: 1 } })
})

test('does not know how captures go while the database does not answer', async () => {
  const away = createSelfCheck({
    partners: { countLate: () => Promise.reject(new Error('no primary')) },
    settings: { read: async () => Settings.parse({}) },
    probeWrite: async () => {},
    everyMs: 15_000,
    now: () => new Date(world.wallMs),
    monotonicMs: () => world.monotonicMs,
    log: createLog({ level: 'silent' }),
  })
  await away.run()
  expect(away.state()).toMatchObject({ captures: null })
})

test.each([-10_800, 10_800, 61])('a clock that is set by %d s shows for ten minutes', async (seconds) => {
  expect(await look()).toMatchObject({ clock: { jumpSeconds: 0 } })
  world.wallMs += seconds * 1000
  expect(await look()).toMatchObject({ clock: { jumpSeconds: seconds } })
  expect(await look(599)).toMatchObject({ clock: { jumpSeconds: seconds } })
  expect(await look(1)).toMatchObject({ clock: { jumpSeconds: 0 } })
  expect(world.lines).toMatchObject([{ level: 'warn', msg: 'the clock was set' }])
})

test('a clock that is corrected little by little is no jump', async () => {
  for (let step = 0; step < 10; step += 1) {
    world.wallMs -= 30_000
    expect(await look()).toMatchObject({ clock: { jumpSeconds: 0 } })
  }
})
