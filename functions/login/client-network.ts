/** Expands an IPv6 address, as the URL standard writes it, to its eight groups. */
const groupsOf = (canonical: string): string[] => {
  const [head = '', tail] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]?]
  return tail ? [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail] : [...head]
}

/** What counts as one client: an IPv4 address, also where it is mapped into IPv6, or the /64 network of an IPv6 address. */
export const clientNetwork = (address: string): string => {
  const host = address.split('%')[0] ?? ''
  const url = host.includes(':') ? URL.parse(`http://[${host}]/`) : null
  if (!url) return address
  const groups = groupsOf(url.hostname.slice(1, -1))
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff')
    return groups
      .slice(6)
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
      .join('.')
  return `${groups.slice(0, 4).join(':')}::/64`
}
