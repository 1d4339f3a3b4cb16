import { BlockList, isIP } from 'node:net'

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast. */
const reservedIpv4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Inside 2000::/3: protocol assignments (Teredo too), documentation twice, 6to4. */
const reservedIpv6: readonly [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['2002::', 16],
]

/** Prefixes of IPv6 addresses that end in an IPv4 address: mapped (RFC 4291) and NAT64 (RFC 6052). */
const ipv4Carriers = ['::ffff:', '64:ff9b::']

const usable = new BlockList()
const reserved = new BlockList()
usable.addSubnet('0.0.0.0', 0, 'ipv4')
usable.addSubnet('2000::', 3, 'ipv6')
for (const carrier of ipv4Carriers) usable.addSubnet(`${carrier}0.0.0.0`, 96, 'ipv6')
for (const [network, prefix] of reservedIpv6) reserved.addSubnet(network, prefix, 'ipv6')
for (const [network, prefix] of reservedIpv4) {
  reserved.addSubnet(network, prefix, 'ipv4')
  for (const carrier of ipv4Carriers) reserved.addSubnet(`${carrier}${network}`, 96 + prefix, 'ipv6')
}

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local, shared (CGNAT), multicast, unspecified, reserved or
 * for documentation, nor an IPv6 form that carries such an IPv4 address. False for what is not an IP address.
 */
export const isPublicAddress = (address: string): boolean => {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  return usable.check(address, family) && !reserved.check(address, family)
}
