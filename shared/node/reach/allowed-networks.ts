import ipaddr from 'ipaddr.js'
import { everywhere } from '../../reach/reach-target.ts'
import { parseIp } from '../parse-ip.ts'

/**
 * Where no partner is: what a host tells about itself to whoever asks from inside. Link-local addresses (RFC 3927, RFC 4291), at which AWS,
 * Azure, Google and others serve their metadata, and the ones of other networks that AWS (IPv6), Alibaba, Azure (WireServer) and Oracle use.
 */
const neverAllowed = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32']

const isIn = (address: ipaddr.IPv4 | ipaddr.IPv6, networks: readonly string[]): boolean =>
  networks.some((network) => {
    const range = ipaddr.parseCIDR(network)
    return range[0].kind() === address.kind() && address.match(range)
  })

/** Whether a partner may be at this IP address: in one of `networks` (CIDR), and not where hosts serve their metadata. */
export const isAllowedAddress = (text: string, networks: readonly string[]): boolean => {
  const address = parseIp(text)
  return address !== null && isIn(address, networks) && !isIn(address, neverAllowed)
}

/** The same behind a tunnel, where loopback is the SSH server itself. */
export const isAllowedBehindTunnel = (text: string, networks: readonly string[]): boolean =>
  parseIp(text)?.range() === 'loopback' || isAllowedAddress(text, networks)

/** Whether `networks` leave no address out. */
export const isEverywhere = (networks: readonly string[]): boolean => everywhere.every((network) => networks.includes(network))
