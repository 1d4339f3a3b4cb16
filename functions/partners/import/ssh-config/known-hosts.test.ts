import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKnownHosts } from './known-hosts.ts'
import { parseSshConfig } from './parse-ssh-config.ts'

const keyOf = (type: string, letter: string) => {
  const name = Buffer.from(type)
  return Buffer.concat([Buffer.from([0, 0, 0, name.length]), name, Buffer.from(letter.repeat(32))]).toString('base64')
}
const line = (hosts: string, letter: string, type = 'ssh-ed25519') => `${hosts} ${type} ${keyOf(type, letter)}`
const sha256 = (letter: string, type = 'ssh-ed25519') =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(keyOf(type, letter), 'base64'))
    .digest('base64')
    .replace(/=$/, '')}`
const hashed = (name: string) => {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}
const find = (text: string, name: string) => createKnownHosts(parseSshConfig(text).knownHosts)(name)

test.each([
  ['a name', line('acme.example', 'A'), 'acme.example'],
  ['a name in another case', line('ACME.example', 'A'), 'acme.Example'],
  ['one of several names', line('other,acme.example,10.0.0.5', 'A'), '10.0.0.5'],
  ['a port', line('[acme.example]:2222', 'A'), '[acme.example]:2222'],
  ['a name without the port, where none is with it', line('acme.example', 'A'), '[acme.example]:2222'],
  ['a pattern', line('*.example,!x.example', 'A'), 'acme.example'],
  ['a hash', line(hashed('acme.example'), 'A'), 'acme.example'],
  ['a hash with a port', line(hashed('[acme.example]:2222'), 'A'), '[acme.example]:2222'],
])('finds a key by %s', async (_, text, name) => {
  expect(await find(`${line('[acme.example]:2223', 'B')}\n${text} a comment\n`, name)).toEqual({
    pin: `ssh-ed25519 ${sha256('A')}`,
    revoked: [],
  })
})

test.each([
  ['another name', line('acme.example', 'A'), 'acme.example.org'],
  ['a name that is left out', line('*.example,!acme.example', 'A'), 'acme.example'],
  ['the hash of another name', line(hashed('acme.example'), 'A'), 'other.example'],
  ['a port for the usual one', line('[acme.example]:2222', 'A'), 'acme.example'],
  ['a key of a type that is not taken', line('acme.example', 'A', 'ssh-dss'), 'acme.example'],
])('finds none by %s', async (_, text, name) => {
  expect(await find(text, name)).toEqual({ revoked: [] })
})

test('of keys of several types it takes the one that is asked for first', async () => {
  const types = ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']
  const text = types.map((type, at) => line('acme.example', 'ABC'[at] ?? '', type)).join('\n')
  expect(await find(text, 'acme.example')).toEqual({ pin: `ssh-ed25519 ${sha256('C')}`, revoked: [] })
})

test('takes no key that is revoked, whatever else names it', async () => {
  expect(await find(`${line('acme.example', 'A')}\n@revoked ${line('*', 'A')}`, 'acme.example')).toEqual({ revoked: [sha256('A')] })
})

test('takes the authorities of a host, without those that are revoked, instead of its keys', async () => {
  const text = `${line('acme.example', 'A')}\n@cert-authority ${line('*.example', 'B')}\n@cert-authority ${line('*', 'C')}\n@revoked ${line('*', 'C')}`
  expect(await find(text, 'acme.example')).toEqual({ authorities: [`ssh-ed25519 ${keyOf('ssh-ed25519', 'B')}`], revoked: [sha256('C')] })
})

test('refuses to look up many names among many hashed ones', async () => {
  const text = Array.from({ length: 30_000 }, () => line(`|1|${'A'.repeat(28)}|${'B'.repeat(28)}`, 'A')).join('\n')
  const findKey = createKnownHosts(parseSshConfig(text).knownHosts)
  const all = Promise.all(['a', 'b', 'c', 'd'].map(findKey))
  await expect(all).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('30000 hashed') })
})
