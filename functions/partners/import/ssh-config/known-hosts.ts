import { AppError } from '../../../../shared/errors.ts'
import { matchesHost } from './match-host.ts'
import type { KnownHostLine } from './parse-ssh-config.ts'

/** What known_hosts says of a host: the key or the authorities that it trusts, and the fingerprints of keys that are revoked. */
export type KnownKey = { pin?: string; authorities?: string[]; revoked: string[] }

/** The types that this service takes, in the order in which it asks a server for them. */
const keyTypes = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']
/** So many keyed hashes take some seconds. */
const maxHashes = 100_000
const portInName = /^\[(.+)\]:\d+$/

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
const base64Of = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)))

const fingerprint = async (key: string) => `SHA256:${base64Of(await crypto.subtle.digest('SHA-256', bytesOf(key))).replace(/=+$/, '')}`

/** A hashed name is `|1|salt|hash`, where the hash is HMAC-SHA1 of the name under the salt (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
const isHashOf = async (hosts: string, name: string): Promise<boolean> => {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(hosts) ?? []
  if (!salt || !hash || salt.length % 4 !== 0) return false
  const key = await crypto.subtle.importKey('raw', bytesOf(salt), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  return base64Of(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(name))) === hash
}

const names = ({ hosts }: KnownHostLine, name: string): boolean | Promise<boolean> =>
  hosts.startsWith('|') ? isHashOf(hosts, name) : matchesHost(hosts.toLowerCase().split(','), name)

const read = async (lines: readonly KnownHostLine[]): Promise<KnownKey> => {
  const revokedKeys = new Set(lines.filter(({ marker }) => marker === '@revoked').map(({ key }) => key))
  const revoked = await Promise.all([...revokedKeys].map(fingerprint))
  const trusted = (marker: string | null) =>
    lines.filter((line) => line.marker === marker && keyTypes.includes(line.type) && !revokedKeys.has(line.key))
  const authorities = trusted('@cert-authority').map(({ type, key }) => `${type} ${key}`)
  if (authorities.length > 0) return { authorities, revoked }
  const plain = trusted(null)
  const line = keyTypes.flatMap((type) => plain.filter((each) => each.type === type))[0]
  return { ...(line && { pin: `${line.type} ${await fingerprint(line.key)}` }), revoked }
}

/**
 * Looks up servers in lines of known_hosts by the name that they have there: `host`, or `[host]:port` where the port is not 22, for which
 * lines without the port count where none is with it.
 * @throws AppError `invalid` when so many names are looked up among so many hashed ones that it would take long
 */
export const createKnownHosts = (lines: readonly KnownHostLine[]) => {
  const hashed = lines.filter(({ hosts }) => hosts.startsWith('|')).length
  const known = new Map<string, KnownHostLine[]>()
  let looked = 0
  const linesFor = async (name: string): Promise<KnownHostLine[]> => {
    const cached = known.get(name)
    if (cached) return cached
    looked += 1
    if (looked * hashed > maxHashes)
      throw new AppError('invalid', `There are too many hosts to look up among ${hashed} hashed ones: send fewer of either.`)
    const found: KnownHostLine[] = []
    for (const line of lines) if (await names(line, name)) found.push(line)
    known.set(name, found)
    return found
  }
  return async (keyName: string): Promise<KnownKey> => {
    const name = keyName.toLowerCase()
    const exact = await linesFor(name)
    const host = portInName.exec(name)?.[1]
    return read(exact.length > 0 || host === undefined ? exact : await linesFor(host))
  }
}
