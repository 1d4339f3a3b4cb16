import { expect, test } from 'vitest'
import { isWebhookSecret } from './is-webhook-secret.ts'

test.each([
  ['the encoding of 24 bytes', `whsec_${Buffer.alloc(24, 7).toString('base64')}`, true],
  ['the encoding of 64 bytes', `whsec_${Buffer.alloc(64, 1).toString('base64')}`, true],
  ['a text of 16 characters', 'x'.repeat(16), true],
  ['the encoding of 23 bytes', `whsec_${Buffer.alloc(23, 1).toString('base64')}`, false],
  ['the encoding of 65 bytes', `whsec_${Buffer.alloc(65, 1).toString('base64')}`, false],
  ['what is no base64', `whsec_${'!'.repeat(32)}`, false],
  ['base64 with a piece missing', `whsec_${Buffer.alloc(25, 1).toString('base64').slice(0, -2)}`, false],
  ['a text of 15 characters', 'x'.repeat(15), false],
  ['nothing', '', false],
])('judges %s as a secret', (_what, given, isUsable) => {
  expect(isWebhookSecret(given)).toBe(isUsable)
})
