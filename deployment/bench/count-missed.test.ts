import { expect, test } from 'vitest'
import { countMissed } from './count-missed.ts'

const interval = 10
const good = (...times: number[]) => times.map((at) => ({ at, ok: true }))

test.each([
  ['one in each interval', good(3, 13, 23), 0],
  ['one that is late', good(3, 17, 23), 0],
  ['one that is not there', good(3, 23), 1],
  ['none at the begin', good(16, 26), 1],
  ['none at the end', good(3, 13), 1],
  ['none at all', [], 2],
  ['one that failed', [...good(3, 13), { at: 23, ok: false }], 1],
])('%s', (_, captures, missed) => {
  expect(countMissed(captures, [{ from: 0, to: 30 }], interval)).toBe(missed)
})

test('what came while the partner was hostile does not count', () => {
  const captures = [...good(3), { at: 13, ok: false }, ...good(23, 33)]
  expect(
    countMissed(
      captures,
      [
        { from: 0, to: 11 },
        { from: 18, to: 36 },
      ],
      interval,
    ),
  ).toBe(0)
})
