import ipaddr from 'ipaddr.js'
import { parseIp } from '../parse-ip.ts'

/** What the internet's IPv6 addresses have in common (RFC 4291). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local, shared (CGNAT), multicast, unspecified, reserved, of a
 * special purpose (IANA's registries) or for documentation, nor an IPv6 form that carries such an IPv4 address. False for what is not an IP address.
 */
export const isPublicAddress = (text: string): boolean => {
  const address = text.includes('%') ? null : parseIp(text)
  return address?.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(globalUnicast))
}
