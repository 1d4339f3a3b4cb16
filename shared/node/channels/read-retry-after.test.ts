import { expect, test } from 'vitest'
import { readRetryAfter } from './read-retry-after.ts'

const now = new Date('2026-03-01T12:00:00Z')

test.each([
  ['seconds', '30', 30_000],
  ['no wait', '0', 0],
  ['a date to come', 'Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
  ['a date that is past', 'Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['more than a day', '999999999999', 86_400_000],
  ['a date in another year', 'Mon, 01 Mar 2027 12:00:00 GMT', 86_400_000],
  ['nothing', undefined, null],
  ['an empty text', '', null],
  ['a negative number', '-5', null],
  ['words', 'Soon, please GMT', null],
] as const)('reads %s', (_what, value, waitMs) => {
  expect(readRetryAfter(value, now)).toBe(waitMs)
})
