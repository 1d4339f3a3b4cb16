import { matchesHost } from './match-host.ts'
import type { ConfigLine, HostBlock } from './parse-ssh-config.ts'

/** A server as the configuration has it. `keyName` is what known_hosts calls it. */
export type ResolvedServer = {
  host: string
  port: number
  username: string | undefined
  keyName: string
  identityFiles: string[]
  certificateFiles: string[]
}
/** A host with the servers on the way to it, in order from here, and where its only port forwarding leads. */
export type ResolvedHost = ResolvedServer & { jumps: ResolvedServer[]; forward: { host: string; port: number } | null }

type Jump = { name: string; port: number | undefined; username: string | undefined }

/** Thrown for what cannot be reached from here the way the configuration says. Its message names the line. */
export class UnreachableHost extends Error {}

const defaultPort = 22

/** ssh_config(5), ProxyJump: `[user@]host[:port]` or an ssh URI. */
const readJump = (text: string, line: number): Jump => {
  const [, username, bracketed, plain, port] = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?\/?$/.exec(text) ?? []
  const name = bracketed ?? plain
  if (!name) throw new UnreachableHost(`line ${line}: ProxyJump ${text} is no [user@]host[:port]`)
  return { name, username, port: port === undefined ? undefined : Number(port) }
}

/** `ssh -W %h:%p bastion`, as one jumped before ProxyJump existed; any other program cannot run here. */
const readProxyCommand = ({ args, line }: ConfigLine): string => {
  const words = args.join(' ').split(/\s+/)
  const target = words.indexOf('-W')
  const rest = words.slice(1).filter((text, at) => text !== '-q' && text !== '-W' && at + 1 !== target + 1)
  if (/(^|\/)ssh$/.test(words[0] ?? '') && /^\[?%h\]?:%p$/.test(words[target + 1] ?? '') && rest.length === 1 && target > 0)
    return rest[0] ?? ''
  throw new UnreachableHost(`line ${line}: ProxyCommand runs a program, which cannot be done here; use ProxyJump`)
}

const readForward = (args: readonly string[]): ResolvedHost['forward'] => {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5})$/.exec(args[1] ?? '') ?? []
  const host = bracketed ?? plain
  return host ? { host, port: Number(port) } : null
}

/** The names of single hosts in their order: those that can be asked for. */
export const hostNames = (blocks: readonly HostBlock[]): string[] => [
  ...new Set(blocks.slice(1).flatMap(({ patterns }) => patterns.filter((pattern) => !/[*?!]/.test(pattern)))),
]

/** Reads hosts from a configuration as ssh would: of each option the first value counts, of keys and forwardings all. */
export const createHostResolver = (blocks: readonly HostBlock[], maxJumps: number) => {
  const linesOf = (name: string) => blocks.filter(({ patterns }) => matchesHost(patterns, name)).flatMap(({ options }) => options)
  const firstOf = (lines: readonly ConfigLine[], ...keywords: string[]) => lines.find(({ keyword }) => keywords.includes(keyword))
  const all = (lines: readonly ConfigLine[], keyword: string) =>
    lines.filter((line) => line.keyword === keyword && line.args[0] !== 'none').flatMap(({ args }) => args.slice(0, 1))

  const serverOf = (name: string, lines: readonly ConfigLine[], jump?: Jump): ResolvedServer => {
    const value = (keyword: string) => firstOf(lines, keyword)?.args[0]
    const host = (value('hostname') ?? name).replace(/%[h%]/g, (token) => (token === '%h' ? name : '%'))
    const port = jump?.port ?? Number(value('port') ?? defaultPort)
    return {
      host,
      port,
      username: jump?.username ?? value('user'),
      keyName: value('hostkeyalias') ?? (port === defaultPort ? host : `[${host}]:${port}`),
      identityFiles: all(lines, 'identityfile'),
      certificateFiles: all(lines, 'certificatefile'),
    }
  }
  const jumpsIn = (lines: readonly ConfigLine[]): Jump[] => {
    const proxy = firstOf(lines, 'proxyjump', 'proxycommand')
    if (!proxy || proxy.args[0]?.toLowerCase() === 'none') return []
    const list = proxy.keyword === 'proxyjump' ? (proxy.args[0] ?? '').split(',') : [readProxyCommand(proxy)]
    return list.map((text) => readJump(text.trim(), proxy.line))
  }
  /** Only the first of a list is reached by what its own block says; each of the others through the one before it. */
  const wayTo = (name: string, lines: readonly ConfigLine[], seen: readonly string[]): ResolvedServer[] => {
    if (seen.includes(name)) throw new UnreachableHost(`ProxyJump leads in a circle: ${[...seen, name].join(' → ')}`)
    return jumpsIn(lines).flatMap((jump, at) => {
      const own = linesOf(jump.name)
      const before = at === 0 ? wayTo(jump.name, own, [...seen, name]) : []
      return [...before, serverOf(jump.name, own, jump)]
    })
  }

  return {
    /** The names of hosts that this one jumps through itself. */
    jumpNames: (name: string): string[] => jumpsIn(linesOf(name)).map((jump) => jump.name),
    /** @throws UnreachableHost */
    resolve: (name: string): ResolvedHost => {
      const lines = linesOf(name)
      const jumps = wayTo(name, lines, [])
      if (jumps.length > maxJumps) throw new UnreachableHost(`ProxyJump leads through ${jumps.length} hosts; up to ${maxJumps} can be used`)
      const forwards = lines.filter(({ keyword }) => keyword === 'localforward')
      return { ...serverOf(name, lines), jumps, forward: forwards.length === 1 ? readForward(forwards[0]?.args ?? []) : null }
    },
  }
}
