import ipaddr from 'ipaddr.js'

/** What counts as one client: an IPv4 address, also where it is mapped into IPv6, or the /64 network of an IPv6 address. */
export const clientNetwork = (address: string): string => {
  const host = address.split('%')[0] ?? ''
  if (!ipaddr.isValid(host)) return address
  const ip = ipaddr.process(host)
  if (ip instanceof ipaddr.IPv4) return ip.toString()
  const network = ip.parts.slice(0, 4).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}
