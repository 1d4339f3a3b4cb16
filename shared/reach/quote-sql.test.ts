import { expect, test } from 'vitest'
import { quoteAccount, quoteCurrentUser, quoteName, quoteNames } from './quote-sql.ts'

test('a name keeps its backticks to itself', () => {
  expect(quoteName('a`; DROP TABLE b')).toBe('`a``; DROP TABLE b`')
  expect(quoteNames(['id', 'a`b'])).toBe('`id`, `a``b`')
})

test('an account ends where its quotes do, whatever its user and host hold', () => {
  expect(quoteAccount('reader')).toBe("'reader'@'%'")
  expect(quoteAccount("o'neill\\", '10.0.0.%')).toBe("'o\\'neill\\\\'@'10.0.0.%'")
  expect(quoteAccount('rea\n\u202Eder\u0000', 'lo\u2028cal')).toBe("'reader'@'local'")
})

test('the current user is split at the last @, and is the one who signed in where no host is told', () => {
  expect(quoteCurrentUser('reader@acme@10.%', 'other')).toBe("'reader@acme'@'10.%'")
  for (const answer of [undefined, null, 'reader']) expect(quoteCurrentUser(answer, 'reader')).toBe("'reader'@'%'")
})
