import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startDemoFleet } from './fleet.ts'

const startMs = Date.UTC(2026, 0, 5, 12)
const stops: (() => Promise<void>)[] = []
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const startFleet = async () => {
  let nowMs = startMs
  const fleet = await startDemoFleet({ now: () => nowMs })
  stops.push(fleet.stop)
  const moveTo = (second: number) => {
    nowMs = startMs + second * 1_000
    vi.advanceTimersByTime(1_000)
  }
  return { fleet, moveTo }
}

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const downPartners = async (fleet: Awaited<ReturnType<typeof startDemoFleet>>): Promise<string[]> => {
  const states = await Promise.all(fleet.partners.map(async ({ name, ssh }) => ((await answers(ssh.port)) ? [] : [name])))
  return states.flat()
}

test('six partners with their own names, ports, keys and time zones can be created in the product', async () => {
  const { fleet } = await startFleet()
  expect(fleet.creations).toHaveLength(6)
  const countDistinct = (of: (creation: (typeof fleet.creations)[number]) => unknown) => new Set(fleet.creations.map(of)).size
  expect(countDistinct(({ partnerName }) => partnerName)).toBe(6)
  expect(countDistinct(({ timezone }) => timezone)).toBe(6)
  expect(countDistinct(({ ssh }) => ssh.port)).toBe(6)
  expect(countDistinct(({ ssh }) => ssh.hostKeySha256)).toBe(6)
  expect(JSON.parse(JSON.stringify(fleet.creations))).toEqual(fleet.creations)
})

test('one partner is down from second 40 to 100 of every four minutes', async () => {
  const { fleet, moveTo } = await startFleet()
  expect(await downPartners(fleet)).toEqual([])
  moveTo(39)
  expect(await downPartners(fleet)).toEqual([])
  moveTo(240 + 40)
  await expect.poll(() => downPartners(fleet), { timeout: 5_000 }).toEqual(['Bluebird Hiring'])
  moveTo(240 + 100)
  await expect.poll(() => downPartners(fleet), { timeout: 5_000 }).toEqual([])
})

test('partners live by the clock, and one changes its host key on request', async () => {
  const { fleet, moveTo } = await startFleet()
  const busy = fleet.partners.find(({ name }) => name === 'Harbor Health')!
  const callCount = () => Number(busy.database.prepare('SELECT COUNT(*) AS n FROM calls').get()!['n'])
  const callsBefore = callCount()
  moveTo(30)
  expect(callCount()).toBeGreaterThan(callsBefore)

  const changed = fleet.changeHostKey()
  const pinned = fleet.creations.find(({ partnerName }) => partnerName === changed.name)!
  expect(changed.ssh.hostKeySha256).not.toBe(pinned.ssh.hostKeySha256)
})
