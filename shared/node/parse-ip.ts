import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Ip = ipaddr.IPv4 | ipaddr.IPv6

/** IPv6 addresses that end in an IPv4 address: mapped (RFC 4291) and NAT64 (RFC 6052). */
const ipv4Carriers = ['::ffff:0:0/96', '64:ff9b::/96'].map((network) => ipaddr.IPv6.parseCIDR(network))

/** Reads an IP address without its zone; of an IPv6 form that carries an IPv4 address, that one. `null` for what is no IP address. */
export const parseIp = (text: string): Ip | null => {
  const [host = ''] = text.split('%')
  // `ipaddr.js` takes `::1.1.1.1` for `::ffff:1.1.1.1`, to which Node does not connect.
  if (isIP(host) === 0 || /^::\d+\./.test(host)) return null
  const address = ipaddr.parse(host)
  const carried = ipv4Carriers.some((network) => address instanceof ipaddr.IPv6 && address.match(network))
  return carried ? ipaddr.fromByteArray(address.toByteArray().slice(-4)) : address
}
