import { expect, test } from 'vitest'
import { createPasswordHasher } from './password.ts'

const passwords = createPasswordHasher()

/** RFC 7914, section 12: scrypt of "pleaseletmein" with the salt "SodiumChloride", N = 16384, r = 8, p = 1. */
const rfcKey =
  '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887'
const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
const rfcStored = (parameters = 'ln=14,r=8,p=1', salt = 'SodiumChloride') =>
  `$scrypt$${parameters}$${unpadded(Buffer.from(salt))}$${unpadded(Buffer.from(rfcKey, 'hex'))}`

test('derives what RFC 7914 gives as an example, and reads parameters other than its own', async () => {
  expect(await passwords.verify('pleaseletmein', rfcStored())).toBe(true)
  expect(await passwords.verify('pleaseletmeout', rfcStored())).toBe(false)
  expect(passwords.isCurrent(rfcStored())).toBe(false)
})

test('writes a PHC string with the OWASP parameters, and a new salt each time', async () => {
  const [first, second] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')])
  expect(first).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(first).not.toBe(second)
  expect(passwords.isCurrent(first)).toBe(true)
  expect(await passwords.verify('correct horse', first)).toBe(true)
  expect(await passwords.verify('Correct horse', first)).toBe(false)
})

test('takes a password for the same however its characters are composed', async () => {
  const stored = await passwords.hash('caf\u00e9-password')
  expect(await passwords.verify('cafe\u0301-password', stored)).toBe(true)
})

test('matches no password where there is no user', async () => {
  expect(await passwords.verify('', null)).toBe(false)
  expect(await passwords.verify('anything', null)).toBe(false)
})

test('refuses stored strings that would take too much memory or time, or that are no hash', async () => {
  for (const stored of [
    '',
    'plain',
    rfcStored('ln=18,r=8,p=1'),
    rfcStored('ln=17,r=9,p=1'),
    rfcStored('ln=14,r=8,p=17'),
    rfcStored('ln=14,r=0,p=1'),
    rfcStored('ln=0,r=8,p=1'),
    `${rfcStored()}$`,
  ])
    await expect(passwords.verify('pleaseletmein', stored)).rejects.toThrow('not one that this version reads')
})

test('holds 66 derivations at most and refuses the next at once, so that a flood cannot exhaust memory', async () => {
  const cheap = rfcStored('ln=1,r=1,p=1')
  const flood = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.verify('x', cheap)))
  expect(flood.filter(({ status }) => status === 'fulfilled')).toHaveLength(66)
  expect(flood.slice(66).every((result) => result.status === 'rejected' && result.reason.code === 'unavailable')).toBe(true)
})
