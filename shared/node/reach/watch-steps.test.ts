import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchSteps } from './watch-steps.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const watched = (steps: number | null) => {
  const stuck: object[] = []
  const member: { steps: number | null } = { steps }
  const watch = watchSteps<typeof member>({ onStuck: (found) => stuck.push(found), onLook: () => {} })
  watch.add(member)
  return { stuck, member, watch }
}

describe('what makes steps is stuck', () => {
  test('once it has made none for two seconds, and not before', () => {
    const { stuck, member } = watched(1)
    for (let step = 0; step < 20; step++) {
      member.steps = (member.steps ?? 0) + 1
      vi.advanceTimersByTime(1_900)
    }
    expect(stuck).toEqual([])
    vi.advanceTimersByTime(750)
    expect(stuck[0]).toBe(member)
  })

  test('later while it starts, on a machine that has much to do', () => {
    const { stuck, member } = watched(null)
    vi.advanceTimersByTime(29_000)
    expect(stuck).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(stuck[0]).toBe(member)
  })

  test('not because this thread itself looked late', () => {
    const { stuck, member } = watched(1)
    vi.advanceTimersByTime(1_500)
    const [before, now] = [Date.now(), performance.now()]
    vi.spyOn(performance, 'now').mockImplementation(() => now + 60_000 + (Date.now() - before))
    vi.advanceTimersByTime(1_500)
    expect(stuck).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(stuck[0]).toBe(member)
    vi.restoreAllMocks()
  })

  test('not when it has ended', () => {
    const { stuck, member, watch } = watched(1)
    watch.delete(member)
    vi.advanceTimersByTime(60_000)
    expect(stuck).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
