import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../../shared/node/ids.ts'
import { nextSlot } from './next-slot.ts'

const arbitrary = {
  id: fc.uuid(),
  instant: fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
  intervalMs: fc.integer({ min: 5, max: 3_600 }).map((seconds) => seconds * 1_000),
}

describe('the next slot', () => {
  test('is the only one of its interval: after the instant, at most one interval later, the same for every process', () => {
    fc.assert(
      fc.property(arbitrary.id, arbitrary.instant, arbitrary.intervalMs, (id, after, intervalMs) => {
        const slot = nextSlot(id, after, intervalMs)
        expect(slot.getTime()).toBeGreaterThan(after.getTime())
        expect(slot.getTime()).toBeLessThanOrEqual(after.getTime() + intervalMs)
        expect(nextSlot(id, slot, intervalMs).getTime()).toBe(slot.getTime() + intervalMs)
        expect(nextSlot(id, new Date(slot.getTime() - 1), intervalMs)).toEqual(slot)
      }),
    )
  })

  test('stays on the grid however late or early a capture was', () => {
    fc.assert(
      fc.property(arbitrary.id, arbitrary.instant, arbitrary.instant, arbitrary.intervalMs, (id, one, other, intervalMs) => {
        const apartMs = nextSlot(id, one, intervalMs).getTime() - nextSlot(id, other, intervalMs).getTime()
        expect(Math.abs(apartMs) % intervalMs).toBe(0)
      }),
    )
  })

  test.each([5_000, 60_000, 3_600_000])('spreads a fleet over an interval of %d ms', (intervalMs) => {
    const tenths = Array.from({ length: 1_000 }, () =>
      Math.floor(((nextSlot(newId(), new Date(0), intervalMs).getTime() - 1) / intervalMs) * 10),
    )
    const perTenth = Array.from({ length: 10 }, (_, tenth) => tenths.filter((each) => each === tenth).length)
    // 100 are expected in each tenth; six standard deviations are 57.
    expect(Math.min(...perTenth)).toBeGreaterThan(43)
    expect(Math.max(...perTenth)).toBeLessThan(157)
  })
})
