import { expect, test } from 'vitest'
import { clientNetwork } from './client-network.ts'

test('counts an IPv4 address as itself, also where it is mapped into IPv6', () => {
  expect(clientNetwork('192.0.2.7')).toBe('192.0.2.7')
  expect(clientNetwork('::ffff:192.0.2.7')).toBe('192.0.2.7')
  expect(clientNetwork('::FFFF:c000:0207')).toBe('192.0.2.7')
})

test('counts IPv6 addresses of one /64 as one client, however they are written', () => {
  const same = ['2001:db8:0:1::1', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1:2:3:4:5%eth0']
  expect(new Set(same.map(clientNetwork))).toEqual(new Set(['2001:db8:0:1::/64']))
  expect(clientNetwork('2001:db8:0:2::1')).not.toBe(clientNetwork('2001:db8:0:1::1'))
  expect(clientNetwork('::1')).toBe('0:0:0:0::/64')
})

test('takes what is no address as it is', () => {
  expect(clientNetwork('')).toBe('')
  expect(clientNetwork('not:an:address')).toBe('not:an:address')
})
