import { maxJumps } from '../../../../shared/partner/connection-schema.ts'
import { createKnownHosts, type KnownKey } from './known-hosts.ts'
import { parseSshConfig } from './parse-ssh-config.ts'
import { createHostResolver, hostNames, type ResolvedHost, type ResolvedServer, UnreachableHost } from './resolve-host.ts'

/** What a configuration says of a host, as far as it goes. */
type ServerDraft = { host: string; port: number; username?: string; hostKeySha256?: string; hostCa?: string[]; revokedKeys?: string[] }
type PartnerDraft = {
  partnerName: string
  db?: { host: string; port: number }
  ssh: ServerDraft & { jumps?: ServerDraft[] }
}
/**
 * A host as a partner that lacks what a configuration cannot hold. `files`: those that the configuration names for a field. `problem`: why
 * the host cannot be reached from here as it says.
 */
export type HostDraft = { host: string; partner: PartnerDraft; files: Record<string, string[]>; notes: string[]; problem: string | null }

const serverDraft = ({ host, port, username }: ResolvedServer, { pin, authorities, revoked }: KnownKey): ServerDraft => ({
  host,
  port,
  ...(username !== undefined && { username }),
  ...(authorities
    ? { hostCa: authorities, ...(revoked.length > 0 && { revokedKeys: revoked }) }
    : pin !== undefined && { hostKeySha256: pin }),
})

const filesOf = (path: string, { identityFiles, certificateFiles }: ResolvedServer): Record<string, string[]> => ({
  ...(identityFiles.length > 0 && { [`${path}.privateKey`]: identityFiles }),
  ...(certificateFiles.length > 0 && { [`${path}.certificate`]: certificateFiles }),
})

const noteOf = ({ keyName }: ResolvedServer, { pin, authorities, revoked }: KnownKey): string[] => {
  if (pin !== undefined || authorities) return []
  return [`${keyName}: ${revoked.length > 0 ? 'its key is revoked' : 'no known host key'}; a probe shows the key to compare and trust.`]
}

const draftOf = (name: string, resolved: ResolvedHost, known: ReadonlyMap<ResolvedServer, KnownKey>): HostDraft => {
  const servers = [...known.keys()]
  const drafts = [...known].map(([server, key]) => serverDraft(server, key))
  const [jumps, target] = [drafts.slice(0, -1), drafts.at(-1)]
  const { forward } = resolved
  return {
    host: name,
    partner: {
      partnerName: name,
      ...(forward && { db: forward }),
      ssh: { ...(target as ServerDraft), ...(jumps.length > 0 && { jumps }) },
    },
    files: Object.assign({}, ...servers.map((server, at) => filesOf(server === resolved ? 'ssh' : `ssh.jumps.${at}`, server))),
    notes: [...known].flatMap(([server, key]) => noteOf(server, key)),
    problem: null,
  }
}

const withoutWay = (name: string, problem: string): HostDraft => ({
  host: name,
  partner: { partnerName: name, ssh: { host: name, port: 22 } },
  files: {},
  notes: [],
  problem,
})

/**
 * The hosts of an OpenSSH client configuration, with the keys that lines of known_hosts give them. Those that others jump through are
 * no drafts of their own.
 */
export const readSshConfig = async (text: string): Promise<HostDraft[]> => {
  const { blocks, knownHosts } = parseSshConfig(text)
  const { jumpNames, resolve } = createHostResolver(blocks, maxJumps)
  const findKey = createKnownHosts(knownHosts)
  const names = hostNames(blocks)
  const drafts: HostDraft[] = []
  const hops = new Set<string>()
  for (const name of names) {
    // Each host is looked for in the whole text: others have their turn in between.
    await new Promise((done) => setTimeout(done))
    try {
      for (const jump of jumpNames(name)) hops.add(jump)
      const resolved = resolve(name)
      const known = new Map<ResolvedServer, KnownKey>()
      for (const server of [...resolved.jumps, resolved]) known.set(server, await findKey(server.keyName))
      drafts.push(draftOf(name, resolved, known))
    } catch (cause) {
      if (!(cause instanceof UnreachableHost)) throw cause
      drafts.push(withoutWay(name, cause.message))
    }
  }
  return drafts.some(({ host }) => !hops.has(host)) ? drafts.filter(({ host }) => !hops.has(host)) : drafts
}
