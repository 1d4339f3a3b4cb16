import { expect, test } from 'vitest'
import { isPublicAddress } from './is-public-address.ts'

test.each([
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
  '::ffff:1.1.1.1',
  '::ffff:101:101',
  '64:ff9b::1.1.1.1',
])('lets %s through', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1']],
  ['link-local', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
  ['site-local', ['fec0::1']],
  ['shared between customers', ['100.64.0.1', '100.127.255.255']],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1']],
  ['reserved or broadcast', ['240.0.0.1', '255.255.255.255', '192.0.0.8', '198.18.0.1', '192.88.99.1']],
  ['of a special purpose', ['192.31.196.1', '192.52.193.1', '192.175.48.1', '2620:4f:8000::1']],
  ['for documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
  ['IPv4-mapped', ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:c0a8:0101', '::ffff:0:0']],
  ['IPv4-compatible', ['::127.0.0.1', '::10.0.0.1', '::1.1.1.1']],
  ['NAT64 of a private address', ['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1.1.1.1']],
  ['6to4 or Teredo', ['2002:7f00:1::1', '2002:c0a8:101::', '2001:0:4136:e378:8000:63bf:3fff:fdd2']],
  ['not an address', ['', 'localhost', '1.1.1', '2130706433', '1.1.1.1 ']],
] as const)('refuses what is %s', (_what, addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([])
})
