import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashToken, makeToken } from './token.ts'

test('makes tokens of 256 bits that do not repeat', () => {
  const tokens = Array.from({ length: 1000 }, makeToken)
  expect(new Set(tokens).size).toBe(1000)
  expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true)
})

test('hashes with SHA-256', async () => {
  expect(await hashToken('jta_x')).toBe(createHash('sha256').update('jta_x').digest('base64url'))
})
