import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What the internet's IPv6 addresses have in common (RFC 4291). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
/** IPv6 addresses that end in an IPv4 address: mapped (RFC 4291) and NAT64 (RFC 6052). */
const ipv4Carriers = ['::ffff:0:0/96', '64:ff9b::/96'].map((network) => ipaddr.IPv6.parseCIDR(network))

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local, shared (CGNAT), multicast, unspecified, reserved, of a
 * special purpose (IANA's registries) or for documentation, nor an IPv6 form that carries such an IPv4 address. False for what is not an IP address.
 */
export const isPublicAddress = (text: string): boolean => {
  // `ipaddr.js` takes `::1.1.1.1` for `::ffff:1.1.1.1`, to which Node does not connect.
  if (isIP(text) === 0 || /^::\d+\.|%/.test(text)) return false
  const address = ipaddr.parse(text)
  const carried = ipv4Carriers.some((network) => address instanceof ipaddr.IPv6 && address.match(network))
  const judged = carried ? ipaddr.fromByteArray(address.toByteArray().slice(-4)) : address
  return judged.range() === 'unicast' && (judged instanceof ipaddr.IPv4 || judged.match(globalUnicast))
}
