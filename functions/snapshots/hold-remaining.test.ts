import { expect, test } from 'vitest'
import { heldRemaining, rememberCount } from './hold-remaining.ts'

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 12, minutes))
const counted = { at: at(0), calls: 7 }
const nothing = { remainingCount: null, latest: null }

test.each([
  // took ms, minutes later, held
  [2_000, 1, false],
  [2_001, 1, true],
  [2_001, 4, true],
  [2_001, 5, false],
  [15_000, 9, true],
  [15_000, 10, false],
])('a count that took %d ms is held after %d minutes: %s', (ms, minutes, isHeld) => {
  expect(heldRemaining({ remainingCount: { triedAt: at(0), ms, counted } }, at(minutes))).toEqual(isHeld ? counted : null)
})

test('a count takes at most 2.5 % of the time', () => {
  for (const ms of [2_001, 7_500, 15_000, 120_000]) {
    const remainingCount = { triedAt: at(0), ms, counted }
    expect(heldRemaining({ remainingCount }, new Date(at(0).getTime() + ms * 39))).toEqual(counted)
  }
})

test('what was never counted, or is said to be counted in the future, is counted', () => {
  expect(heldRemaining({}, at(1))).toBeNull()
  expect(heldRemaining({ remainingCount: { triedAt: at(0), ms: 9_000, counted: null } }, at(1))).toBeNull()
  expect(heldRemaining({ remainingCount: { triedAt: at(9), ms: 9_000, counted } }, at(1))).toBeNull()
})

test('a count that its limit ended keeps the last number with its time', () => {
  const last = { triedAt: at(0), ms: 9_000, counted }
  expect(rememberCount({ remainingCount: last, latest: null }, at(6), 15_000, null)).toEqual({ triedAt: at(6), ms: 15_000, counted })
  expect(rememberCount(nothing, at(6), 15_000, null)).toEqual({ triedAt: at(6), ms: 15_000, counted: null })
})
