import { afterAll, beforeAll, expect, test } from 'vitest'
import { productImage } from '../testing/images-under-test.ts'
import { type ContainerUnderTest, composeUp, docker } from './container-under-test.ts'
import { startPartnerOutside } from './outside-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
const partners = 20
const minutes = 10
const budget = { imageMb: 150, residentMb: 220 }

let partner: Awaited<ReturnType<typeof startPartnerOutside>>
let container: ContainerUnderTest
beforeAll(async () => {
  partner = await startPartnerOutside()
  container = await composeUp('dev', { ADMIN_PASSWORD })
  await container.untilHealthy()
})
afterAll(() => Promise.all([container.down(), partner.stop()]))

test(`the image is ${budget.imageMb} MB at most over its base`, async () => {
  const size = async (name: string) => Number(await docker('image', 'inspect', '--format', '{{.Size}}', name))
  const mb = ((await size(productImage)) - (await size('node:26-bookworm-slim'))) / 1e6
  console.log(`the image has ${mb.toFixed(0)} MB over its base`)
  expect(mb).toBeLessThanOrEqual(budget.imageMb)
})

/** What all processes hold in memory, each shared page once. */
const residentMb = async () => {
  const lines = await container.bash(`grep -h '^Pss:' /proc/[0-9]*/smaps_rollup`)
  return lines.split('\n').reduce((sum, line) => sum + Number(line.match(/\d+/)?.[0]), 0) / 1000
}

test(`${budget.residentMb} MB are enough for the captures of ${minutes} minutes`, async () => {
  const as = await container.logIn(ADMIN_PASSWORD)
  const atStart = await residentMb()
  for (let index = 0; index < partners; index++) await container.read('POST /api/partners', { as, body: partner.as(`Partner ${index}`) })
  for (let minute = 0; minute < minutes; minute++) {
    const { results } = await container.read<{ results: { ok: boolean }[] }>('POST /api/snapshots/capture', { as, body: {} })
    expect(results.filter(({ ok }) => ok)).toHaveLength(partners)
    await container.read('GET /api/dashboard', { as })
  }
  // Node gives back what it does not need some seconds after the last of the work.
  await expect.poll(residentMb, { timeout: 60_000, interval: 5_000 }).toBeLessThanOrEqual(budget.residentMb)
  const mb = await residentMb()
  console.log(`resident: ${mb.toFixed(0)} MB after ${minutes} captures of each of ${partners} partners, ${atStart.toFixed(0)} MB before`)
})
