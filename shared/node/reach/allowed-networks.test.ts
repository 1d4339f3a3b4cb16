import { expect, test } from 'vitest'
import { everywhere } from '../../reach/reach-target.ts'
import { isAllowedAddress, isAllowedBehindTunnel, isEverywhere } from './allowed-networks.ts'

const office = ['203.0.113.0/24', '2001:db8::/32']

test.each(['203.0.113.9', '::ffff:203.0.113.9', '64:ff9b::203.0.113.9', '2001:db8::9', '2001:db8::9%eth0'])(
  'a partner may be at %s, in a network that is allowed',
  (address) => {
    expect(isAllowedAddress(address, office)).toBe(true)
  },
)

test.each(['203.0.114.9', '127.0.0.1', '0.0.0.0', '::', '::1', '2001:db9::9', '::ffff:10.0.0.1', '::203.0.113.9', 'acme.example', ''])(
  'no partner may be at %s, in no network that is allowed',
  (address) => {
    expect(isAllowedAddress(address, office)).toBe(false)
  },
)

test.each([
  ...['169.254.0.1', '169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
  ...['fe80::1', 'fe80::1%eth0', 'febf::1', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
])('what a host tells about itself at %s is out of reach, whatever is allowed', (address) => {
  for (const networks of [everywhere, [`${address.split('%')[0]}/${address.includes(':') ? 128 : 32}`]]) {
    expect(isAllowedAddress(address, networks)).toBe(false)
    expect(isAllowedBehindTunnel(address, networks)).toBe(false)
  }
})

test('behind a tunnel, loopback is the SSH server that was allowed', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1']) expect(isAllowedBehindTunnel(address, office)).toBe(true)
  expect(isAllowedBehindTunnel('10.0.0.5', office)).toBe(false)
  expect(isAllowedBehindTunnel('203.0.113.7', office)).toBe(true)
})

test('nothing is left out by the networks of all IPv4 and IPv6 addresses together alone', () => {
  expect(isEverywhere(['::/0', '10.0.0.0/8', '0.0.0.0/0'])).toBe(true)
  for (const networks of [['0.0.0.0/0'], ['::/0'], office]) expect(isEverywhere(networks)).toBe(false)
})
